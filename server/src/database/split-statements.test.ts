import { describe, expect, it } from 'vitest';
import { splitStatements } from './split-statements.js';

describe('splitStatements', () => {
  it.each([
    ['select 1', ['select 1']],
    ['select 1; select 2 ;\n', ['select 1', 'select 2']],
    ['-- one; two\nselect 1; -- after; it\n', ['-- one; two\nselect 1']],
    ["select ';', E'\\';', \";\"\"\" ; x", ["select ';', E'\\';', \";\"\"\"", 'x']],
    ["select 'it''s; so'; y", ["select 'it''s; so'", 'y']],
    ['do $$ begin; end; $$; do $a$ $$;$b$ $a$; z', ['do $$ begin; end; $$', 'do $a$ $$;$b$ $a$', 'z']],
    ['/* a; /* b; */ c; */ select 1; /* ; */', ['/* a; /* b; */ c; */ select 1']],
    ["select name'x', a$b$c; d", ["select name'x', a$b$c", 'd']],
    ['; ;; ', []],
    ["select 'open; x", ["select 'open", 'x']],
  ])('splits %j', (text, statements) => {
    expect(splitStatements(text)).toEqual(statements);
  });
});
