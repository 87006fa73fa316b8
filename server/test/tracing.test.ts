import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/clock/clock.js';
import { Secret } from '../src/config/secret.js';
import { type Logger, silentLogger } from '../src/logging/logger.js';
import { openTracing, type Tracing } from '../src/tracing/open-tracing.js';
import type { TracingConfig } from '../src/tracing/tracing-config.js';
import { HttpDoor } from './support/http-door.js';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './support/otlp-receiver.js';
import { Spine } from './support/spine.js';

let spine: Spine;
let collector: OtlpReceiver;
let tracing: Tracing | null = null;
let door: HttpDoor;

beforeAll(async () => {
  spine = await Spine.start({ traces: () => tracing?.work });
});
beforeEach(async () => {
  collector = await startOtlpReceiver();
});
afterEach(async () => {
  await spine.stopWorkers();
  await tracing?.close();
  await door?.close();
  await collector.close();
});
afterAll(() => spine.close());

/** A process that traces: a door and a worker. */
async function open(config: Partial<TracingConfig> | null = {}, log: Logger = silentLogger): Promise<void> {
  const all = { headers: null, serviceName: 'todoku', resource: {}, sampler: 'parentbased_traceidratio', share: 1 } as const;
  const wanted = config && { url: `${collector.url}/v1/traces`, ...all, ...config };
  tracing = await openTracing(wanted, { database: spine.database, clock: systemClock, log, version: '1', instance: 'test' });
  door = await HttpDoor.open(spine.database, { keyring: spine.keyring, traces: tracing?.intake });
  await spine.worker();
}

/** Everything that the collector got, once all that was under way has ended. */
async function spans(): Promise<ReceivedSpan[]> {
  await spine.settles();
  await spine.stopWorkers();
  await tracing?.close();
  return collector.spans();
}

const traceId = (notification: string): string => notification.replaceAll('-', '');
const newParent = (flags = '01') => ({ trace: randomBytes(16).toString('hex'), span: randomBytes(8).toString('hex'), flags });
const header = ({ trace, span, flags }: ReturnType<typeof newParent>): string => `00-${trace}-${span}-${flags}`;
const shape = (all: readonly ReceivedSpan[]) => all.map(({ name, traceId: trace, parentSpanId }) => [name, trace, parentSpanId]).sort();

async function send(body: unknown, traceparent?: string): Promise<string> {
  const headers = traceparent === undefined ? {} : { traceparent };
  const answer = await door.call('POST', '/v1/notifications', { as: door.keys.send, body, headers });
  return (answer.body as { id: string }).id;
}
const message = (userId: string) => ({ userId, type: 'reminder', title: `SECRET TITLE ${randomUUID()}`, message: 'SECRET TEXT' });

describe('a notification that came by HTTP', () => {
  it('is followed below the span of its caller, from intake to receipt', async () => {
    await open({ headers: new Secret('x-key=a%20b'), resource: { 'deployment.environment.name': 'test' } });
    const { id: userId } = await spine.user();
    const parent = newParent();
    const id = await send(message(userId), header(parent));
    await spine.reaches(id, 'accepted_by_platform');
    const all = await spans();
    const intake = all.find(({ name }) => name === 'todoku.intake');
    expect(shape(all)).toEqual([
      ['todoku.deliver', parent.trace, intake?.spanId],
      ['todoku.intake', parent.trace, parent.span],
      ['todoku.plan', parent.trace, intake?.spanId],
      ['todoku.receipts', parent.trace, intake?.spanId],
    ]);
    const attributes = Object.assign({}, ...all.map((span) => span.attributes)) as object;
    expect(attributes).toMatchObject({
      ...{ 'todoku.notification.id': id, 'todoku.type': 'reminder', 'todoku.door': 'http', 'todoku.lane': 'default' },
      ...{ 'todoku.verdict': 'send', 'todoku.outcome': 'answered', 'http.response.status_code': 200, 'todoku.attempt': 1 },
      ...{ 'todoku.accepted': 1, 'todoku.accepted_by_platform': 1 },
    });
    expect(all.every(({ milliseconds, error }) => milliseconds >= 0 && error === null)).toBe(true);
    expect(collector.received[0]).toMatchObject({ method: 'POST', path: '/v1/traces', headers: { 'x-key': 'a b' } });
    const sent = collector.received.map(({ body }) => body).join('');
    for (const told of ['service.instance.id', 'deployment.environment.name']) expect(sent).toContain(told);
    for (const secret of ['SECRET', 'ExponentPushToken', userId]) expect(sent).not.toContain(secret);
  });

  it('has a trace of its own when its caller has none, found by its id', async () => {
    await open();
    const { id: userId } = await spine.user();
    const id = await send(message(userId));
    await spine.reaches(id, 'accepted_by_platform');
    const all = await spans();
    const trace = traceId(id);
    expect(shape(all)).toEqual([
      ['todoku.deliver', trace, trace.slice(16)],
      ['todoku.intake', trace, null],
      ['todoku.plan', trace, trace.slice(16)],
      ['todoku.receipts', trace, trace.slice(16)],
    ]);
    expect(all.find(({ name }) => name === 'todoku.intake')?.spanId).toBe(trace.slice(16));
  });

  it('shares the trace of its request with all that came in it, also by the Expo door', async () => {
    await open();
    const users = await spine.users(3);
    const parent = newParent();
    await send({ notifications: users.map(({ id }) => message(id)) }, header(parent));
    await door.call('POST', '/--/api/v2/push/send', {
      as: door.keys.send,
      body: { to: users[0]?.tokens[0], title: 'by Expo' },
      headers: { traceparent: header(parent) },
    });
    const all = await spans();
    expect(new Set(all.map(({ traceId: trace }) => trace))).toEqual(new Set([parent.trace]));
    expect(all.filter(({ name }) => name === 'todoku.intake').map(({ attributes }) => attributes['todoku.notifications'])).toEqual([3, 1]);
    expect(
      all.filter(({ name }) => name === 'todoku.receipts').reduce((n, span) => n + Number(span.attributes['todoku.deliveries']), 0),
    ).toBe(4);
  });
});

describe('a notification that came by SQL', () => {
  it('has a trace of its own; those that share a request link each other', async () => {
    const users = await spine.users(3);
    const rows = await spine.admin.query<{ id: string }>(
      `insert into notifications (user_id, type, title) select u, 'reminder', 'to ' || u from unnest($1::uuid[]) u returning id`,
      [users.map(({ id }) => id)],
    );
    await open();
    const all = await spans();
    const traces = rows.map(({ id }) => traceId(id)).sort();
    for (const trace of traces) {
      expect(shape(all.filter((span) => span.traceId === trace)).map(([name, , parent]) => [name, parent])).toEqual([
        ['todoku.deliver', trace.slice(16)],
        ['todoku.intake', null],
        ['todoku.plan', trace.slice(16)],
        ['todoku.receipts', trace.slice(16)],
      ]);
    }
    const delivers = all.filter(({ name }) => name === 'todoku.deliver');
    const first = delivers.find(({ links }) => links.length === 2);
    expect([first?.traceId, ...(first?.links ?? [])].sort()).toEqual(traces);
    expect(delivers.filter((span) => span !== first).map(({ links }) => links)).toEqual([[first?.traceId], [first?.traceId]]);
  });

  it("is in the app's trace when its transaction names one, and nothing that it names wrongly stops it", async () => {
    await open();
    const { id: userId } = await spine.user();
    const parent = newParent();
    const insert = (context: string): Promise<string> =>
      spine.admin.transaction(async (tx) => {
        await tx.query("select set_config('todoku.traceparent', $1, true)", [context]);
        const [row] = await tx.query<{ id: string }>(
          `insert into notifications (user_id, type, title) values ($1, 'reminder', $2) returning id`,
          [userId, context],
        );
        return row?.id ?? '';
      });
    const id = await insert(header(parent));
    const other = await insert('nonsense');
    for (const one of [id, other]) await spine.reaches(one, 'accepted_by_platform');
    const all = await spans();
    const names = ['todoku.deliver', 'todoku.intake', 'todoku.plan', 'todoku.receipts'];
    expect(shape(all.filter((span) => span.traceId === parent.trace))).toEqual(names.map((name) => [name, parent.trace, parent.span]));
    expect(
      all
        .filter((span) => span.traceId === traceId(other))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names);
  });
});

describe('what goes wrong', () => {
  it('shows where, with its code', async () => {
    await open();
    const user = await spine.user();
    spine.simulator.control.setToken(user.tokens[0] ?? '', { behaviour: 'dead_at_ticket' });
    const failed = await spine.notify(user.id);
    await spine.reaches(failed, 'failed');
    const nobody = await spine.notify(randomUUID());
    await vi.waitFor(async () => expect(await spine.decisions(nobody)).toHaveLength(1), { timeout: 15_000 });
    const all = await spans();
    expect(all.find(({ name, traceId: trace }) => name === 'todoku.deliver' && trace === traceId(failed))).toMatchObject({
      error: 'DeviceNotRegistered',
      attributes: { 'todoku.failed': 1, 'todoku.code': 'DeviceNotRegistered' },
    });
    expect(all.find(({ name, traceId: trace }) => name === 'todoku.plan' && trace === traceId(nobody))?.attributes).toMatchObject({
      'todoku.verdict': 'suppress',
      'todoku.deliveries': 0,
    });
  });

  it('harms nothing when the collector is dead: all is delivered, the log says so, and stopping does not wait', async () => {
    const said: string[] = [];
    const log = { ...silentLogger, warn: (_fields: object, text: string) => void said.push(text) };
    await open({ url: 'http://127.0.0.1:1/v1/traces' }, log);
    const { id: userId } = await spine.user();
    const id = await send(message(userId));
    await spine.reaches(id, 'accepted_by_platform');
    await spans();
    expect(said.join()).toContain('traces: the collector did not take');
  });
});

describe('sampling', () => {
  it('goes by the caller where it says something, and else by the share', async () => {
    await open({ share: 0 });
    const [one, two, three] = await spine.users(3);
    const wanted = newParent('01');
    const ids = [
      await send(message(one?.id ?? ''), header(wanted)),
      await send(message(two?.id ?? ''), header(newParent('00'))),
      await send(message(three?.id ?? '')),
      await spine.notify(one?.id ?? ''),
    ];
    for (const id of ids) await spine.reaches(id, 'accepted_by_platform');
    expect(new Set((await spans()).map(({ traceId: trace }) => trace))).toEqual(new Set([wanted.trace]));
  });

  it('leaves out what the caller does not want, and takes what comes without a word', async () => {
    await open();
    const [one, two] = await spine.users(2);
    const unwanted = await send(message(one?.id ?? ''), header(newParent('00')));
    const other = await send(message(two?.id ?? ''), 'not a context');
    for (const id of [unwanted, other]) await spine.reaches(id, 'accepted_by_platform');
    expect(new Set((await spans()).map(({ traceId: trace }) => trace))).toEqual(new Set([traceId(other)]));
  });
});

it('is off unless it is configured: nothing is loaded, kept or sent', async () => {
  await open(null);
  await spine.admin.query('truncate push.trace_contexts');
  const { id: userId } = await spine.user();
  await spine.reaches(await send(message(userId), header(newParent())), 'accepted_by_platform');
  expect(await spans()).toEqual([]);
  expect(tracing).toBeNull();
  expect(await spine.admin.query('select from push.trace_contexts')).toEqual([]);
});
