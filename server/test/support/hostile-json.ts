import fc from 'fast-check';

/** What an answer may hold where a plain value was promised. */
const hostileLeaf = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    '',
    'ok',
    'error',
    '__proto__',
    'constructor',
    'x\0y',
    '\ud800',
    'x'.repeat(10_000),
    [],
    {},
  ),
  fc.jsonValue(),
);

const fieldNames = fc.constantFrom(
  'data',
  'errors',
  'status',
  'id',
  'details',
  'error',
  'expoPushToken',
  'code',
  'apns',
  'reason',
  'requestId',
  '__proto__',
  'constructor',
  'toString',
  'length',
);

/** Any JSON value, most of them built of the names that are looked for, with values of other types than promised. */
export const hostileJson: fc.Arbitrary<unknown> = fc
  .letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      hostileLeaf,
      fc.array(tie('node'), { maxLength: 5 }),
      fc.array(fc.tuple(fieldNames, tie('node')), { maxLength: 5 }).map((pairs) => JSON.parse(jsonObject(pairs)) as unknown),
    ),
  }))
  .node.map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** As text, because an object literal can't have an own property __proto__ and JSON can. */
function jsonObject(pairs: readonly (readonly [string, unknown])[]): string {
  return `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}
