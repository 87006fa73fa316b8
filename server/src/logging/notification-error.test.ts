import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLogger } from './create-logger.js';
import { describeError } from './describe-error.js';
import { logNotificationError } from './notification-error.js';

function linesOf(pretty: boolean): string[] {
  const lines: string[] = [];
  const { logger } = createLogger({ level: 'info', instance: 'host:1', pretty, destination: { write: (line) => lines.push(line) } });
  for (let chunkId = 1; chunkId <= 3; chunkId++) {
    logNotificationError(logger, 'DeviceNotRegistered', 'deliveries failed', { chunkId, n: chunkId }, 'warn');
    logger.info({ chunkId }, 'something else');
  }
  const error = describeError(new Error('two words "and" a \\ sign \u2028 here', { cause: new Error('inner one') }));
  logNotificationError(logger, 'WORK_FAILED', 'work failed, it will be tried again', { loop: 'planning 0', error });
  logNotificationError(logger, 'WORK_FAILED', 'work failed, it will be tried again', { loop: 'receipts', error });
  logNotificationError(logger, 'a code with spaces\n"', 'odd');
  logger.child({ part: 'worker' }).error({ kind: 'other', code: 'x' }, 'no NotificationError of ours');
  return lines;
}

/** The very line of the operations manual. */
function counted(lines: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'todoku-log-'));
  try {
    writeFileSync(join(folder, 'app.log'), lines.join(''));
    const out = execFileSync('bash', ['-c', `grep "NotificationError" app.log | cut -d' ' -f1-3,6- | sort | uniq -c | sort -nr`], {
      cwd: folder,
    });
    return out
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.trim());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('is counted by kind in JSON, which stays JSON', () => {
  const lines = linesOf(false);
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(parsed[0]).toEqual({
    ...{
      level: 'warn',
      kind: 'NotificationError',
      code: 'DeviceNotRegistered',
      instance: 'host:1',
      chunkId: 1,
      n: 1,
      msg: 'deliveries failed',
    },
    time: expect.stringMatching(/^\d{4}-/) as string,
  });
  expect(parsed[6]).toMatchObject({
    loop: 'planning 0',
    error: { message: 'two words "and" a \\ sign \u2028 here', cause: { message: 'inner one' } },
  });
  expect(counted(lines).slice(0, 2)).toEqual([
    '3 {"level":"warn", "kind":"NotificationError", "code":"DeviceNotRegistered", "msg":"deliveries failed"}',
    '2 {"level":"error", "kind":"NotificationError", "code":"WORK_FAILED", "msg":"work failed, it will be tried again"}',
  ]);
});

it('is counted by kind in lines for people', () => {
  const lines = linesOf(true);
  expect(lines[0]).toMatch(/^WARN NotificationError DeviceNotRegistered [\d:.]{12} chunkId=1,n=1 deliveries failed\n$/);
  expect(counted(lines).slice(0, 2)).toEqual([
    '3 WARN NotificationError DeviceNotRegistered deliveries failed',
    '2 ERROR NotificationError WORK_FAILED work failed, it will be tried again',
  ]);
  expect(lines.join('')).toContain('    Error: inner one\n');
});

it('masks secrets as every other line', () => {
  const lines: string[] = [];
  const { logger } = createLogger({ level: 'info', instance: 'host:1', pretty: false, destination: { write: (line) => lines.push(line) } });
  logNotificationError(logger, 'X', 'failed for ExponentPushToken[SECRET]', {
    token: 'SECRET',
    text: 'Bearer SECRETSECRET',
    title: 'SECRET',
  });
  expect(lines.join('')).not.toContain('SECRET');
});
