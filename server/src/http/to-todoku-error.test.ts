import { expect, it } from 'vitest';
import { DatabaseError } from '../database/database-error.js';
import { toTodokuError } from './to-todoku-error.js';

it.each([
  ['08006', 'the connection was lost', 'DATABASE_UNAVAILABLE'],
  ['57P01', 'the server is shutting down', 'DATABASE_UNAVAILABLE'],
  ['58030', 'an fsync of the server failed at the commit', 'DATABASE_UNAVAILABLE'],
  ['25006', 'the server has become a standby', 'DATABASE_UNAVAILABLE'],
  ['53100', 'the disk of the server is full', 'OVERLOADED'],
  ['53300', 'there are too many connections', 'OVERLOADED'],
  ['22P02', 'a value is not what the column takes', 'INVALID_INPUT'],
  ['42703', 'the statement is wrong', 'INTERNAL'],
])('answers SQLSTATE %s, %s, with %s', (code, what, answer) => {
  expect(toTodokuError(new DatabaseError(code, what)).code).toBe(answer);
});
