import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileJson } from '../../../test/support/hostile-json.js';
import * as recorded from '../../../test/support/recorded-expo-answers.js';
import { classifyReceipts } from './classify-receipts.js';

const classify = (status: number, answer: unknown, asked: readonly string[] = ['a', 'b'], retryAfterMs: number | null = null) =>
  classifyReceipts({ status, answer, retryAfterMs }, asked);

const receipts = (data: unknown, asked?: readonly string[]) => {
  const result = classify(200, { data }, asked);
  if (result.kind !== 'answered') throw new Error(`expected receipts, got ${result.code}`);
  return Object.fromEntries(result.receipts);
};

describe('classifyReceipts', () => {
  it('reads what was asked for and leaves out the rest', () => {
    const data = { a: { status: 'ok' }, stranger: { status: 'ok' } };
    expect(receipts(data)).toEqual({ a: { kind: 'accepted' } });
    expect(receipts({})).toEqual({});
  });

  it('reads recorded failures', () => {
    expect(receipts({ a: recorded.apnsBadTokenReceipt, b: recorded.fcmDeadReceipt })).toEqual({
      a: { kind: 'token_fault', code: 'BadDeviceToken' },
      b: { kind: 'token_fault', code: 'DeviceNotRegistered' },
    });
  });

  it.each([
    ['MessageTooBig', 'message_fault'],
    ['MessageRateExceeded', 'transient'],
    ['MismatchSenderId', 'project_fault'],
    ['InvalidCredentials', 'project_fault'],
    ['ProviderError', 'transient'],
    ['ExpoError', 'transient'],
    ['SomethingNew', 'transient'],
  ])('reads %s as %s', (error, kind) => {
    expect(receipts({ a: { status: 'error', message: 'x', details: { error } } })).toEqual({ a: { kind, code: error } });
  });

  it('reads an error without details', () => {
    expect(receipts({ a: { status: 'error', message: 'x' } })).toEqual({ a: { kind: 'transient', code: 'UNKNOWN_ERROR' } });
  });

  it('waits on for a receipt that can not be read', () => {
    expect(receipts({ a: { status: 'pending' }, b: null })).toEqual({});
  });

  it('finds no receipt that every object has', () => {
    expect(receipts({}, ['constructor', '__proto__', 'toString'])).toEqual({});
  });

  it.each([
    [429, recorded.tooManyRequests, 'transient', 'TOO_MANY_REQUESTS'],
    [400, { errors: [{ code: 'PUSH_TOO_MANY_RECEIPTS' }] }, 'transient', 'PUSH_TOO_MANY_RECEIPTS'],
    [400, recorded.validationError, 'transient', 'VALIDATION_ERROR'],
    [401, recorded.invalidToken, 'project_fault', 'UNAUTHORIZED'],
    [404, undefined, 'project_fault', 'HTTP_404'],
    [500, recorded.internalServerError, 'transient', 'INTERNAL_SERVER_ERROR'],
    [502, undefined, 'transient', 'HTTP_502'],
    [200, undefined, 'transient', 'RECEIPTS_UNREADABLE'],
    [200, { data: [] }, 'transient', 'RECEIPTS_UNREADABLE'],
    [200, recorded.unauthorized, 'project_fault', 'UNAUTHORIZED'],
  ])('reads status %i with %j as %s', (status, answer, kind, code) => {
    expect(classify(status, answer, ['a'], 500)).toEqual({ kind, code, retryAfterMs: 500 });
  });

  it('makes something legal of any answer', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(200), fc.integer({ min: 200, max: 599 })), hostileJson, (status, data) => {
        const result = classify(status, { data }, ['id', 'status', 'data']);
        if (result.kind === 'answered') expect(['id', 'status', 'data']).toEqual(expect.arrayContaining([...result.receipts.keys()]));
        else expect(result.code).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,63}$/);
      }),
    );
  });
});
