import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileJson } from '../../../test/support/hostile-json.js';
import { outgoingMessage, outgoingMessages } from '../../../test/support/outgoing-message.js';
import { deadToken, malformedToken, missingFcmKey, ok } from '../../../test/support/recorded-expo-answers.js';
import { classifyTickets } from './classify-tickets.js';

const messages = outgoingMessages(3);
const [, second, third] = messages.map(({ token }) => token) as [string, string, string];
const accepted = (ticketId: string | null) => ({ kind: 'accepted', ticketId });
const dead = { kind: 'token_fault', code: 'DeviceNotRegistered' };

const errorTicket = (details: unknown, extra: object = {}) => ({ status: 'error', message: 'x', details, ...extra });

describe('classifyTickets', () => {
  it('gives each message its ticket', () => {
    const tickets = [ok('019f00ca-1'), deadToken(second), malformedToken(third)];
    expect(classifyTickets(tickets, messages)).toEqual({ kind: 'answered', outcomes: [accepted('019f00ca-1'), dead, dead] });
  });

  it.each([
    ['DeviceNotRegistered', 'token_fault'],
    ['MessageTooBig', 'message_fault'],
    ['MessageRateExceeded', 'transient'],
    ['MismatchSenderId', 'project_fault'],
    ['InvalidCredentials', 'project_fault'],
    ['ExpoError', 'transient'],
    ['ProviderError', 'transient'],
    ['DeveloperError', 'message_fault'],
    ['SomethingNew', 'transient'],
  ])('reads %s as %s', (code, kind) => {
    expect(classifyTickets([errorTicket({ error: code })], [outgoingMessage(0)])).toEqual({ kind: 'answered', outcomes: [{ kind, code }] });
  });

  it('reads the live ticket of missing credentials, with an id too', () => {
    const fault = { kind: 'project_fault', code: 'InvalidCredentials' };
    const tickets = [ok('a'), missingFcmKey, { ...missingFcmKey, id: 'b' }];
    expect(classifyTickets(tickets, messages)).toEqual({ kind: 'answered', outcomes: [accepted('a'), fault, fault] });
  });

  it('takes an error without a code for one that may pass', () => {
    const unknown = { kind: 'transient', code: 'UNKNOWN_ERROR' };
    const tickets = [{ status: 'error', message: 'x' }, errorTicket(null), errorTicket({ error: '<script>' })];
    expect(classifyTickets(tickets, messages)).toEqual({ kind: 'answered', outcomes: [unknown, unknown, unknown] });
  });

  it('has no receipt to ask for without a usable id', () => {
    const tickets = [{ status: 'ok' }, ok('with\0nul'), ok('x'.repeat(256))];
    expect(classifyTickets(tickets, messages)).toEqual({ kind: 'answered', outcomes: [accepted(null), accepted(null), accepted(null)] });
  });

  it('trusts no id that came twice', () => {
    expect(classifyTickets([ok('a'), ok('b'), ok('a')], messages)).toEqual({
      kind: 'answered',
      outcomes: [accepted(null), accepted('b'), accepted(null)],
    });
  });

  it('calls a ticket that is neither ok nor an error ambiguous', () => {
    const unreadable = { kind: 'ambiguous', code: 'TICKET_UNREADABLE' };
    expect(classifyTickets([ok('a'), { status: 'queued' }, 7], messages)).toEqual({
      kind: 'answered',
      outcomes: [accepted('a'), unreadable, unreadable],
    });
  });

  it.each([[[ok('a'), ok('b')]], [[ok('a'), ok('b'), ok('c'), ok('d')]], [[]]])(
    'proves nothing by a wrong number of tickets',
    (tickets) => {
      expect(classifyTickets(tickets, messages)).toEqual({ kind: 'ambiguous', code: 'TICKET_COUNT' });
    },
  );

  it.each([[undefined], [null], ['ok'], [{}], [ok('a')]])('proves nothing by %j in place of tickets', (data) => {
    expect(classifyTickets(data, messages)).toEqual({ kind: 'ambiguous', code: 'TICKETS_UNREADABLE' });
  });

  it('takes a lone ticket for a lone message', () => {
    expect(classifyTickets(ok('a'), [outgoingMessage(0)])).toEqual({ kind: 'answered', outcomes: [accepted('a')] });
  });
});

describe('tickets in another order', () => {
  it('gives errors to the tokens that they name and no ticket to the others', () => {
    expect(classifyTickets([deadToken(third), ok('a'), ok('b')], messages)).toEqual({
      kind: 'answered',
      outcomes: [accepted(null), accepted(null), dead],
    });
  });

  it.each([
    ['a token that was not asked for', [deadToken('ExponentPushToken[other]'), ok('a'), ok('b')]],
    ['one token twice', [deadToken(third), deadToken(third), ok('b')]],
    ['an error that names none', [deadToken(third), errorTicket({ error: 'MessageTooBig' }), ok('b')]],
    ['a ticket that is no ticket', [deadToken(third), null, ok('b')]],
  ])('proves nothing by %s', (_, tickets) => {
    expect(classifyTickets(tickets, messages)).toEqual({ kind: 'ambiguous', code: 'TICKET_ORDER' });
  });

  it('proves nothing when the token stands in the request twice', () => {
    const twice = [outgoingMessage(0), outgoingMessage(1), outgoingMessage(1)];
    expect(classifyTickets([deadToken(second), ok('a'), ok('b')], twice)).toEqual({ kind: 'ambiguous', code: 'TICKET_ORDER' });
  });

  it('never blames a token for the error of another, whatever the order', () => {
    const many = outgoingMessages(8);
    const arbitrary = fc.tuple(fc.subarray(many, { minLength: 1 }), fc.shuffledSubarray(many, { minLength: 8, maxLength: 8 }));
    fc.assert(
      fc.property(arbitrary, ([deads, order]) => {
        const isDead = new Set(deads.map(({ token }) => token));
        const tickets = order.map(({ token }) => (isDead.has(token) ? deadToken(token) : ok(`id-${token}`)));
        const verdict = classifyTickets(tickets, many);
        if (verdict.kind !== 'answered') throw new Error(`expected outcomes, got ${verdict.code}`);
        for (const [index, { token }] of many.entries()) {
          expect(verdict.outcomes[index]?.kind).toBe(isDead.has(token) ? 'token_fault' : 'accepted');
        }
      }),
    );
  });
});

describe('any answer', () => {
  it('gives one outcome a message or none at all', () => {
    fc.assert(
      fc.property(hostileJson, fc.integer({ min: 1, max: 4 }), (data, count) => {
        const verdict = classifyTickets(data, outgoingMessages(count));
        if (verdict.kind === 'answered') expect(verdict.outcomes).toHaveLength(count);
      }),
      { numRuns: 500 },
    );
  });
});
