import { expect, it } from 'vitest';
import { runCli } from './run-cli.js';

interface Said {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** In this process, with nothing around it. */
async function run(...argv: string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const terminal = {
    env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' },
    login: 'tester',
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
    readInput: async () => '',
  };
  return { exitCode: await runCli(argv, terminal), ...said };
}

/** The names of the commands that a help lists. */
const listed = (help: string): string[] =>
  [...(help.split('Commands:\n')[1] ?? '').matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name ?? '');

it('every command has its help, with --json and an example of itself', async () => {
  const namesUnder = async (...group: string[]): Promise<string[][]> => {
    const names = listed((await run(...group, '--help')).out);
    const inner = await Promise.all(names.map((name) => namesUnder(...group, name)));
    return inner.length === 0 ? [group] : inner.flat();
  };
  const names = await namesUnder();
  expect(names.length).toBeGreaterThanOrEqual(35);
  for (const name of names) {
    const { exitCode, out } = await run(...name, '--help');
    expect({ name, exitCode }).toEqual({ name, exitCode: 0 });
    expect(out).toContain('--json');
    expect(out).toContain(`$ todoku ${name.join(' ')}`);
  }
});

it('a group without its verb is bad input', async () => {
  const { exitCode, out, err } = await run('queue');
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain('retry-failed');
});

it('every act asks for a reason', async () => {
  for (const act of [
    ['queue', 'pause'],
    ['queue', 'resume'],
    ['broadcast', 'cancel', '1'],
    ['keys', 'revoke', 'x'],
    ['tokens', 'undo', '--since', '1h'],
  ]) {
    const { exitCode, err } = await run(...act);
    expect(exitCode).toBe(2);
    expect(err).toContain('--reason');
  }
});

it('what only tries asks for none, and the act itself does', async () => {
  const named = async (...group: string[]): Promise<string[][]> => {
    const inner = await Promise.all(listed((await run(...group, '--help')).out).map((name) => named(...group, name)));
    return inner.length === 0 ? [group] : inner.flat();
  };
  const tried: string[] = [];
  for (const name of await named()) {
    const { out } = await run(...name, '--help');
    if (!out.includes('--dry-run')) continue;
    tried.push(name.join(' '));
    const argument = out.includes('<n>') && name[0] === 'project' ? ['1'] : [];
    const dry = await run(...name, ...argument, '--dry-run', '--json');
    expect({ name, code: JSON.parse(dry.err).error.code }).toEqual({ name, code: 'DATABASE_UNAVAILABLE' });
    const act = await run(...name, ...argument);
    expect({ name, exitCode: act.exitCode }).toEqual({ name, exitCode: 2 });
    expect(act.err).toContain('--reason');
  }
  expect(tried).toEqual(expect.arrayContaining(['queue retry-failed', 'emergency-resume', 'project resume']));
});

it('with --json there is one error, and it is JSON', async () => {
  const { exitCode, out, err } = await run('queue', 'pause', '--json', '--reason', 'x');
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  expect(JSON.parse(err)).toMatchObject({ error: { code: 'DATABASE_UNAVAILABLE' } });
});
