import fc from 'fast-check';

/** Text of one to four bytes a character, with all that JSON escapes. */
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('a', ' ', '"', '\\', '/', '\n', '\t', '\u0001', '\u007f', '\u2028', 'é', 'あ', '👶', '\\"', ': ', ', '),
    maxLength: 60,
  }),
  fc.constantFrom('', ' '.repeat(900), 'あ'.repeat(700)),
);

const key = text.filter((name) => !['__proto__', 'constructor', 'prototype', 'toJSON'].includes(name));

const number = fc.oneof(
  fc.integer(),
  fc.double({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, noNaN: true }),
  fc.constantFrom(0, -0, 1e-7, -1.5e-9, 5e-324, 123e-20, 0.1, 1e15, Number.MAX_SAFE_INTEGER),
);

const { object } = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, text, number, fc.boolean(), fc.constant(null), tie('object'), fc.array(tie('value'), { maxLength: 60 })),
  object: fc.dictionary(key, tie('value'), { maxKeys: 30, noNullPrototype: true }),
}));

/** A whole payload; many are near the limit, on either side of it. */
export const payload = fc.record({
  title: text,
  message: fc
    .tuple(text, fc.oneof(fc.constant(0), fc.integer({ min: 2800, max: 4100 })))
    .map(([start, length]) => start + 'x'.repeat(length)),
  data: object,
  push: fc.option(object),
});
