import { faultAnswer, reshapeTickets } from '../faults/answers.js';
import { acceptsFirst, type FaultSpec } from '../faults/kinds.js';
import { type Batch, entriesOf } from '../ledger/entry.js';
import { ledgerLines } from '../ledger/ledger-file.js';
import { type Answer, type Reply, reply } from '../server/answer.js';
import type { ServiceState } from '../service.js';
import { type TicketKind, TOKEN_BEHAVIOURS } from '../tokens/behaviours.js';
import type { Platform, TokenProfile } from '../tokens/registry.js';
import { authorize } from './authorize.js';
import { isTooBig } from './payload-size.js';
import { tooManyRequests } from './request-errors.js';
import { projectOf, readSendRequest, type SendRequest } from './send-request.js';
import { errorTicket, okTicket } from './tickets.js';

/** The tickets of one accepted request and what the ledger keeps of it. */
interface Taken {
  readonly batch: Batch;
  readonly tickets: string[];
}

/** An answer, and what has to be on disk before it leaves. */
interface Outcome {
  readonly answer: Answer;
  readonly batch: Batch | null;
}

/**
 * `POST /--/api/v2/push/send`. `respond` is called at once, or when the ledger file holds the request, or never when
 * that file is broken.
 */
export function handleSend(state: ServiceState, text: string, authorization: string | undefined, respond: (answer: Answer) => void): void {
  const { answer, batch } = judgeRequest(state, text, authorization);
  if (state.file === null || batch === null) {
    respond(answer);
  } else {
    state.file.append(ledgerLines(entriesOf(batch, state.ids.run)), () => respond(answer));
  }
}

/**
 * Order: permission, shape, project, rate, scripted fault, acceptance. Natural refusals use up no fault, so that a
 * script strikes a request that would otherwise have succeeded.
 */
function judgeRequest(state: ServiceState, text: string, authorization: string | undefined): Outcome {
  const { meters, settings, tokens: registry } = state;
  const number = state.nextRequest();
  meters.requestArrived();
  const denied = authorize(authorization, settings.accessToken, registry.default.project);
  if (denied) return refused(state, denied);
  const request = readSendRequest(text);
  if ('kind' in request) return refused(state, request);
  const recipients = request.tokens.length;
  meters.recipientsOffered(recipients, state.clock.monoMs());
  const profiles = request.tokens.map((token) => registry.profileOf(token));
  const project = projectOf(profiles, request.tokens, registry);
  if (typeof project === 'object') return refused(state, project);
  if (!state.limit.allows(project, recipients)) {
    return refused(state, tooManyRequests(settings.rate ?? 0, settings.retryAfterSeconds?.toString() ?? null));
  }
  const fault = state.faults.take('send', { tokens: request.tokens, messages: request.messages, project });
  if (fault) meters.faultApplied(fault.kind);
  if (fault && !acceptsFirst(fault)) {
    const right = reply(200, '{"data":[]}');
    return { answer: faultAnswer(fault, { right, project, rate: settings.rate }), batch: null };
  }
  state.limit.take(project, recipients);
  const { batch, tickets } = take(state, request, profiles, project, fault, number);
  return { answer: answerOf(state, request, tickets, project, fault), batch };
}

function refused(state: ServiceState, answer: Reply): Outcome {
  state.meters.refused(answer.status);
  return { answer, batch: null };
}

function take(
  state: ServiceState,
  request: SendRequest,
  profiles: readonly TokenProfile[],
  project: string,
  fault: FaultSpec | undefined,
  number: number,
): Taken {
  const { tokens, messages } = request;
  const tickets: string[] = [];
  const answers: TicketKind[] = [];
  const ticketIds: (string | null)[] = [];
  const platforms: Platform[] = [];
  let accepted = 0;
  state.ids.stamp(state.clock.wallMs());
  for (let i = 0; i < tokens.length; i += 1) {
    const profile = profiles[i] ?? state.tokens.default;
    const { ticket: kind, receipt } = TOKEN_BEHAVIOURS[behaviourUnder(fault, i) ?? profile.behaviour];
    const message = messages[i];
    answers.push(kind);
    platforms.push(profile.platform);
    if (kind === 'ok') {
      const id = state.ids.mint(receipt === 'ok' && message && isTooBig(message) ? 'MessageTooBig' : receipt);
      accepted += 1;
      ticketIds.push(id);
      tickets.push(okTicket(id));
    } else {
      const id = state.settings.errorTicketIds ? state.ids.mint('never') : null;
      ticketIds.push(id);
      tickets.push(errorTicket(kind, tokens[i] ?? '', id));
      state.meters.ticketsMade(kind, 1);
    }
  }
  state.meters.ticketsMade('ok', accepted);
  state.meters.recipientsAccepted(accepted, project, state.clock.monoMs());
  const [seconds, nanoseconds] = process.hrtime();
  const batch: Batch = {
    request: number,
    tMono: seconds * 1000 + nanoseconds / 1e6,
    tWall: Date.now(),
    project,
    fault: fault?.kind ?? null,
    tokens,
    messages,
    answers,
    ticketIds,
    platforms,
  };
  state.record(batch);
  return { batch, tickets };
}

function behaviourUnder(fault: FaultSpec | undefined, recipient: number): FaultSpec['behaviour'] {
  if (fault?.kind !== 'behave_as') return undefined;
  return fault.recipients === undefined || fault.recipients.includes(recipient) ? fault.behaviour : undefined;
}

function answerOf(state: ServiceState, request: SendRequest, tickets: string[], project: string, fault: FaultSpec | undefined): Answer {
  const shaped = fault ? reshapeTickets(fault, tickets, () => state.ids.mint('never')) : tickets;
  const single = request.single && shaped.length === 1;
  const right = reply(200, single ? `{"data":${shaped[0]}}` : `{"data":[${shaped.join(',')}]}`);
  return fault ? faultAnswer(fault, { right, project, rate: state.settings.rate }) : right;
}
