import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../database/database-error.js';
import { EmbeddedPostgresError } from '../database/embedded/embedded-error.js';
import { TodokuError } from '../errors/todoku-error.js';
import { en } from './messages/en.js';
import { ja } from './messages/ja.js';
import { printError, renderError } from './render-error.js';

describe('errors', () => {
  it('say what happened, where, and what to do', () => {
    const error = renderError(new TodokuError('INVALID_INPUT', { message: 'userId: must be a uuid', path: 'userId' }), en);
    expect(error.exitCode).toBe(2);
    expect(printError(error, false, en)).toBe(
      'Error: INVALID_INPUT\n  userId: must be a uuid\n  Where: userId\n  What to do: Correct the field that `path` names and send again; nothing was stored.\n',
    );
    expect(JSON.parse(printError(error, true, en))).toEqual({
      error: { code: 'INVALID_INPUT', message: 'userId: must be a uuid', remedy: expect.any(String), path: 'userId' },
    });
    expect(printError(error, false, ja)).toContain('対処:');
  });

  it.each([
    [new TodokuError('INVALID_INPUT', { message: 'Say either the id of a notification or --user.' })],
    [new TodokuError('INVALID_INPUT', { message: 'must be an object', path: '' })],
  ])('point at no field where none is named', (error) => {
    for (const messages of [en, ja]) {
      const { remedy } = renderError(error, messages);
      expect(remedy).toBe(messages.correctCommand);
      expect(remedy).not.toBe(messages.errors.INVALID_INPUT.remedy);
    }
    expect(printError(renderError(error, en), false, en)).not.toMatch(/path|Where:/);
  });

  it.each([
    [new TodokuError('PAYLOAD_TOO_BIG'), 'PAYLOAD_TOO_BIG', 2],
    [new TodokuError('CONFIGURATION_INVALID'), 'CONFIGURATION_INVALID', 2],
    [new TodokuError('NOT_FOUND'), 'NOT_FOUND', 1],
    [new TodokuError('INTAKE_STOPPED'), 'INTAKE_STOPPED', 1],
    [new DatabaseError('ECONNREFUSED', 'connect ECONNREFUSED'), 'DATABASE_UNAVAILABLE', 1],
    [new DatabaseError('28P01', 'password authentication failed'), 'DATABASE_UNAVAILABLE', 1],
    [new DatabaseError('42P01', 'relation does not exist'), '42P01', 1],
    [new EmbeddedPostgresError('postgres.json is damaged'), 'DATABASE_UNAVAILABLE', 1],
    [new Error('anything'), 'INTERNAL', 1],
    ['no error at all', 'INTERNAL', 1],
  ])('end with an exit code that tells bad input from failure: %s', (thrown, code, exitCode) => {
    expect(renderError(thrown, en)).toMatchObject({ code, exitCode });
  });

  it('do not show tokens', () => {
    const { message } = renderError(new Error('no device ExponentPushToken[abcdefghijklmnopqrstuv] here'), en);
    expect(message).not.toContain('abcdefghijklmnop');
  });
});
