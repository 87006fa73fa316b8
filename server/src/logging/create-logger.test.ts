import { expect, it } from 'vitest';
import { TodokuError } from '../errors/todoku-error.js';
import { createLogger } from './create-logger.js';

function recording(pretty = false) {
  const lines: string[] = [];
  const adjustable = createLogger({ level: 'info', instance: 'test:1', pretty, destination: { write: (line) => lines.push(line) } });
  return { lines, fields: (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line)), ...adjustable };
}

it('writes one JSON object a line, with level, time and instance', () => {
  const { logger, fields } = recording();
  logger.info({ chunk: 7 }, 'sent');
  expect(fields()).toEqual([
    { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), instance: 'test:1', chunk: 7, msg: 'sent' },
  ]);
});

it('changes its level while running, for children made before as well', () => {
  const { logger, setLevel, level, fields } = recording();
  const child = logger.child({ part: 'worker' });
  child.debug({}, 'unheard');
  setLevel('debug');
  child.debug({}, 'heard');
  setLevel('error');
  child.warn({}, 'unheard');
  expect(level()).toBe('error');
  expect(fields().map((line) => line.msg)).toEqual(['heard']);
});

it('masks secrets by the name of their field, by their shape, and inside errors', () => {
  const { logger, lines } = recording();
  logger.info({ token: 'SECRET', request: { headers: { authorization: 'SECRET' } }, notification: { title: 'SECRET' } }, 'a');
  logger.info({ text: 'ExponentPushToken[SECRET]', deep: { er: [{ x: 'Bearer SECRETSECRET' }] } }, 'ExpoPushToken[SECRET]');
  const driver = Object.assign(new Error('ExponentPushToken[SECRET] exists'), {
    code: '23505',
    constraint: 'push_tokens_hash',
    detail: 'Key (tok)=(SECRET) already exists.',
    where: 'SECRET',
    parameters: ['SECRET'],
  });
  logger.error({ err: new TodokuError('INTERNAL', { cause: driver }) }, 'b');
  logger.error({ reason: driver }, 'c');
  logger.error(driver, 'd');
  expect(lines.join('')).not.toContain('SECRET');
  expect(lines.slice(2).join('')).toContain('push_tokens_hash');
});

it('says what an error is', () => {
  const { logger, fields } = recording();
  logger.error({ err: new TodokuError('NOT_FOUND', { cause: new Error('inner') }) }, 'failed');
  expect(fields()[0]).toMatchObject({
    err: { name: 'TodokuError', code: 'NOT_FOUND', stack: expect.stringContaining('TodokuError'), cause: { message: 'inner' } },
  });
});

it('writes for people what cannot steer their terminal', () => {
  const { logger, lines } = recording(true);
  logger.warn({ agent: 'curl\u001b[31m', n: 2 }, 'line one\nline two');
  expect(lines).toEqual([expect.stringMatching(/^WARN {2}[\d:.]{12} line one\\nline two {2}agent=curl\\u001b\[31m {2}n=2\n$/)]);
});

it('shows people the stack of an error and of its cause', () => {
  const { logger, lines } = recording(true);
  logger.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
  expect(lines.join('')).toMatch(/ERROR [\d:.]{12} failed\n {4}Error: outer\n[^]* {4}Error: inner\n/);
});
