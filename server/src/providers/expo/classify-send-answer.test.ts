import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileJson } from '../../../test/support/hostile-json.js';
import { outgoingMessage, outgoingMessages } from '../../../test/support/outgoing-message.js';
import * as recorded from '../../../test/support/recorded-expo-answers.js';
import { classifySendAnswer } from './classify-send-answer.js';

const messages = outgoingMessages(2);
const [first, second] = messages.map(({ token }) => token) as [string, string];

const classify = (status: number, body: unknown, retryAfterMs: number | null = null) =>
  classifySendAnswer({ status, text: typeof body === 'string' || body === null ? body : JSON.stringify(body), retryAfterMs }, messages);

describe('classifySendAnswer', () => {
  it('reads tickets', () => {
    expect(classify(200, { data: [recorded.ok('a'), recorded.ok('b')] })).toEqual({
      kind: 'answered',
      outcomes: [
        { kind: 'accepted', ticketId: 'a' },
        { kind: 'accepted', ticketId: 'b' },
      ],
      httpStatus: 200,
      requestId: null,
    });
  });

  it.each([
    ['too many notifications', 400, recorded.tooManyNotifications, 'isolate', 'PUSH_TOO_MANY_NOTIFICATIONS'],
    ['one bad message', 400, recorded.validationError, 'isolate', 'VALIDATION_ERROR'],
    ['one bad message, older', 400, { errors: [{ code: 'API_ERROR', message: 'child "to" fails' }] }, 'isolate', 'API_ERROR'],
    ['a code that is new', 400, { errors: [{ code: 'NEW_CODE' }] }, 'isolate', 'NEW_CODE'],
    ["a proxy's refusal", 400, '<html>', 'transient', 'HTTP_400'],
    ["a firewall's refusal", 406, '<html>', 'transient', 'HTTP_406'],
    ["a firewall's refusal in JSON", 400, { message: 'Forbidden' }, 'transient', 'HTTP_400'],
    ["a firewall's refusal in errors", 422, { errors: [{ code: 1020, message: 'Access denied' }] }, 'transient', 'HTTP_422'],
    ['a refusal cut off', 400, null, 'transient', 'HTTP_400'],
    ['a body too large', 413, '', 'isolate', 'HTTP_413'],
    ['a body too large for Expo', 413, { errors: [{ code: 'PAYLOAD_TOO_LARGE' }] }, 'isolate', 'PAYLOAD_TOO_LARGE'],
    ['a proxy that wants a password', 407, '<html>', 'project_fault', 'HTTP_407'],
    ['a firewall', 403, '<html>', 'project_fault', 'UNAUTHORIZED'],
    ['a bad access token', 401, recorded.invalidToken, 'project_fault', 'UNAUTHORIZED'],
    ['missing permissions', 403, recorded.unauthorized, 'project_fault', 'UNAUTHORIZED'],
    ['UNAUTHORIZED under 400', 400, recorded.unauthorized, 'project_fault', 'UNAUTHORIZED'],
    ['a wrong base URL', 404, '<html>', 'project_fault', 'HTTP_404'],
    ['a redirect', 301, '', 'project_fault', 'HTTP_301'],
    ['an internal error', 500, recorded.internalServerError, 'ambiguous', 'INTERNAL_SERVER_ERROR'],
    ['a bad gateway', 502, '<html>', 'ambiguous', 'HTTP_502'],
    ['a gateway without upstream', 503, recorded.upstreamReset, 'ambiguous', 'HTTP_503'],
    ['no healthy upstream', 503, 'no healthy upstream', 'ambiguous', 'HTTP_503'],
    ['a gateway timeout', 504, recorded.gatewayTimeoutHtml, 'ambiguous', 'HTTP_504'],
    ['429 words under 503', 503, recorded.tooManyRequests, 'ambiguous', 'TOO_MANY_REQUESTS'],
    ['HTML under 200', 200, '<html>', 'ambiguous', 'TICKETS_UNREADABLE'],
    ['nothing under 200', 200, '', 'ambiguous', 'TICKETS_UNREADABLE'],
    ['200 cut off', 200, null, 'ambiguous', 'TICKETS_UNREADABLE'],
    ['no data under 200', 200, {}, 'ambiguous', 'TICKETS_UNREADABLE'],
    ['data that is no list', 200, { data: {} }, 'ambiguous', 'TICKETS_UNREADABLE'],
    ['a ticket too few', 200, { data: [recorded.ok('a')] }, 'ambiguous', 'TICKET_COUNT'],
    ['a refusal under 200', 200, recorded.validationError, 'isolate', 'VALIDATION_ERROR'],
    ['a refusal with data null under 200', 200, { ...recorded.unauthorized, data: null }, 'project_fault', 'UNAUTHORIZED'],
    ['an internal error under 200', 200, recorded.internalServerError, 'ambiguous', 'INTERNAL_SERVER_ERROR'],
    ['an unknown error under 200', 200, { errors: [{ code: 'NEW_CODE' }] }, 'ambiguous', 'NEW_CODE'],
    [
      'errors beside tickets',
      200,
      { data: [recorded.ok('a'), recorded.ok('b')], errors: [{ code: 'X' }] },
      'ambiguous',
      'ERRORS_BESIDE_TICKETS',
    ],
    ['another success', 202, { data: [recorded.ok('a'), recorded.ok('b')] }, 'ambiguous', 'HTTP_202'],
  ])('reads %s', (_, status, body, kind, code) => {
    expect(classify(status, body)).toMatchObject({ kind, code, httpStatus: status });
  });

  it('slows the whole project down on 429, as long as asked', () => {
    const expected = { kind: 'transient', code: 'TOO_MANY_REQUESTS', wholeProject: true, httpStatus: 429 };
    expect(classify(429, recorded.tooManyRequests, 7_000)).toMatchObject({ ...expected, retryAfterMs: 7_000 });
    expect(classify(429, 'slow down')).toMatchObject({ ...expected, retryAfterMs: null });
    expect(classify(200, recorded.tooManyRequests)).toMatchObject({ ...expected, httpStatus: 200 });
  });

  it('knows that a request which the service did not wait for was not taken', () => {
    expect(classify(408, '')).toMatchObject({ kind: 'transient', code: 'HTTP_408', wholeProject: false });
  });

  it("blames a single message only in Expo's own words", () => {
    const alone = (status: number, text: string) => classifySendAnswer({ status, text, retryAfterMs: null }, [outgoingMessage(0)]);
    expect(alone(413, '<html>')).toMatchObject({ kind: 'transient', code: 'HTTP_413', wholeProject: false });
    expect(alone(400, JSON.stringify(recorded.validationError))).toMatchObject({ kind: 'isolate', byProvider: true });
    const html = fc.constant('<html>');
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 499 }), fc.oneof(html, fc.json()), (status, text) => {
        expect(alone(status, text).kind).not.toBe('isolate');
      }),
    );
  });

  it('says when it may not have been Expo that found the body too large', () => {
    expect(classify(413, '<html>')).toMatchObject({ kind: 'isolate', byProvider: false });
    expect(classify(400, recorded.validationError)).toMatchObject({ kind: 'isolate', byProvider: true });
  });

  it('takes the first error that it knows, and the request id', () => {
    const errors = [null, { code: 'NEW_CODE', requestId: 'n' }, { code: 'UNAUTHORIZED', requestId: 'r-1' }, { code: 'VALIDATION_ERROR' }];
    expect(classify(400, { errors })).toEqual({ kind: 'project_fault', code: 'UNAUTHORIZED', httpStatus: 400, requestId: 'r-1' });
    expect(classify(400, { errors: [{ code: 'VALIDATION_ERROR', requestId: 'a\0b' }] })).toMatchObject({ requestId: null });
  });

  describe('tokens of several projects', () => {
    const regroup = (details: Record<string, readonly string[]>) => classify(400, recorded.mixedProjects(details));

    it('says which token is of which project', () => {
      const result = regroup({ '@owner/a': [first], '@owner/b': [second, 'ExponentPushToken[other]'] });
      expect(result).toMatchObject({ kind: 'regroup', code: 'PUSH_TOO_MANY_EXPERIENCE_IDS' });
      expect(result.kind === 'regroup' && [...result.projectOfToken]).toEqual([
        [first, '@owner/a'],
        [second, '@owner/b'],
      ]);
    });

    it('regroups also when only some tokens were named', () => {
      const result = regroup({ '@owner/a': [first] });
      expect(result.kind === 'regroup' && [...result.projectOfToken]).toEqual([[first, '@owner/a']]);
    });

    it.each([[{}], [{ '@owner/a': [first, second] }], [{ '@owner/a': ['ExponentPushToken[other]'] }], [{ 'a\0b': [first] }]])(
      'isolates when %j would regroup nothing',
      (details) => {
        expect(regroup(details)).toMatchObject({ kind: 'isolate', code: 'PUSH_TOO_MANY_EXPERIENCE_IDS' });
      },
    );
  });

  it('makes something legal of any answer', () => {
    const text = fc.oneof(
      hostileJson.map((value) => JSON.stringify(value)),
      hostileJson.map((data) => JSON.stringify({ data })),
      hostileJson.map((error) => JSON.stringify({ errors: [error] })),
      fc.string(),
    );
    const status = fc.oneof(fc.constant(200), fc.integer({ min: 200, max: 599 }));
    fc.assert(
      fc.property(status, text, fc.integer({ min: 1, max: 3 }), (httpStatus, body, count) => {
        const result = classifySendAnswer({ status: httpStatus, text: body, retryAfterMs: null }, outgoingMessages(count));
        if (result.kind === 'answered') {
          expect(httpStatus).toBe(200);
          expect(result.outcomes).toHaveLength(count);
        } else expect(result.code).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,63}$/);
        if (httpStatus >= 500) expect(result.kind).toBe('ambiguous');
      }),
      { numRuns: 500 },
    );
  });

  it('reads an answer that is nested a million deep', () => {
    const text = `{"data":[${'['.repeat(400_000)}${']'.repeat(400_000)}]}`;
    expect(classifySendAnswer({ status: 200, text, retryAfterMs: null }, [outgoingMessage(0)])).toMatchObject({
      kind: 'answered',
      outcomes: [{ kind: 'ambiguous', code: 'TICKET_UNREADABLE' }],
    });
  });
});
