import { gzipSync } from 'node:zlib';
import { badGateway, gatewayTimeout, htmlWith200, upstreamReset } from '../protocol/proxy-errors.js';
import { internalServerError, invalidToken, tooManyRequests, unauthorized, validationError } from '../protocol/request-errors.js';
import { okTicket } from '../protocol/tickets.js';
import { type Answer, JSON_TYPE, type Reply, reply } from '../server/answer.js';
import type { FaultSpec } from './kinds.js';

/** What a fault may need to know of the request it strikes. */
export interface FaultScene {
  /** The right answer: what a healthy service would have said. */
  readonly right: Reply;
  readonly project: string;
  readonly rate: number | null;
}

const DEFAULT_DELAY_MS = 60_000;
const DEFAULT_DRIP_MS = 100;
const DEFAULT_HUGE_BYTES = 64 * 1024 * 1024;
const DEFAULT_BOMB_BYTES = 200 * 1024 * 1024;
const EXPO_RATE = 600;

/** What the client gets under this fault. Whether anything was recorded before is decided elsewhere. */
export function faultAnswer(fault: FaultSpec, scene: FaultScene): Answer {
  switch (fault.kind) {
    case 'accept_then_reset':
    case 'refuse_then_reset':
      return { kind: 'reset' };
    case 'accept_then_hang':
    case 'refuse_then_hang':
      return { kind: 'hang' };
    case 'accept_then_504_html':
    case 'status_504':
      return gatewayTimeout();
    case 'accept_then_truncate':
      return { kind: 'truncate', of: scene.right };
    case 'accept_then_slow_drip':
      return { kind: 'drip', of: scene.right, everyMs: fault.delayMs ?? DEFAULT_DRIP_MS };
    case 'slow_response':
      return { kind: 'delay', of: scene.right, ms: fault.delayMs ?? DEFAULT_DELAY_MS };
    case 'data_not_array':
      return reply(200, '{"data":{}}');
    case 'data_missing':
      return reply(200, '{}');
    case 'errors_with_200':
      return { ...internalServerError(), status: 200 };
    case 'html_with_200':
      return htmlWith200();
    case 'invalid_json':
      return reply(200, '{"data":[{"status":"ok",}');
    case 'huge_body':
      return { kind: 'flood', bytes: fault.bytes ?? DEFAULT_HUGE_BYTES };
    case 'gzip_bomb':
      return gzipBomb(fault.bytes ?? DEFAULT_BOMB_BYTES);
    case 'status_400':
      return validationError(`[${fault.messageIndex ?? 0}].data must be of type object.`);
    case 'status_401':
      return invalidToken();
    case 'status_403':
      return unauthorized(scene.project);
    case 'status_429':
      return tooManyRequests(scene.rate ?? EXPO_RATE, retryAfterText(fault.retryAfter));
    case 'status_500':
      return internalServerError();
    case 'status_502':
      return badGateway();
    case 'status_503':
      return upstreamReset();
    // These change what is answered, not how; it has happened by now.
    case 'behave_as':
    case 'short_ticket_count':
    case 'extra_ticket':
    case 'permuted_tickets':
    case 'extra_receipts':
    case 'no_receipts':
      return scene.right;
  }
}

/** Tickets as the fault leaves them; `spareId` is an id that no recipient has. */
export function reshapeTickets(fault: FaultSpec, tickets: string[], spareId: () => string): string[] {
  switch (fault.kind) {
    case 'short_ticket_count':
      return tickets.slice(0, -1);
    case 'extra_ticket':
      return [...tickets, okTicket(spareId())];
    case 'permuted_tickets':
      return [...tickets.slice(1), ...tickets.slice(0, 1)];
    default:
      return tickets;
  }
}

/** A date is the machine's, not the virtual clock's: the client reads it with its own clock. */
function retryAfterText(retryAfter: FaultSpec['retryAfter']): string | null {
  if (retryAfter === undefined) return null;
  if (typeof retryAfter === 'object') return new Date(Date.now() + retryAfter.dateInMs).toUTCString();
  return String(retryAfter);
}

/** Gzip members may follow one another (RFC 1952, 2.2): one packed megabyte, repeated, needs no 200 MB here. */
function gzipBomb(bytes: number): Reply {
  const piece = 1024 * 1024;
  const whole = gzipSync(Buffer.alloc(piece, 0x20));
  const members: Buffer[] = Array.from({ length: Math.floor(bytes / piece) }, () => whole);
  members.push(gzipSync(Buffer.alloc(bytes % piece, 0x20)));
  return { ...reply(200, Buffer.concat(members), JSON_TYPE), headers: { 'content-encoding': 'gzip' } };
}
