import { type CustomTypesConfig, types } from 'pg';

const int8 = 20;
const date = 1082;
const timestamp = 1114;
const interval = 1186;
const int8Array = 1016;

type Parse = (text: string) => unknown;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint is over 2^53; select it as text');
  return value;
}

const textOf: Parse = (text) => text;

/** `{1,2,null}`: a bigint array holds no quotes and, here, no nesting. */
function wholeNumbers(text: string): (number | null)[] {
  const inside = text.slice(1, -1);
  return inside === '' ? [] : inside.split(',').map((item) => (item === 'NULL' ? null : wholeNumber(item)));
}

const ours: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [int8, wholeNumber],
  [int8Array, wholeNumbers],
  // The driver would read these in the zone of the process.
  [date, textOf],
  [timestamp, textOf],
  [interval, textOf],
]);

export const parsedValues: CustomTypesConfig = {
  getTypeParser: (id, format) => ours.get(id) ?? types.getTypeParser(id, format),
};

export const rawValues: CustomTypesConfig = { getTypeParser: () => textOf };
