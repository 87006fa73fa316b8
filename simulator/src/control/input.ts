/** Bad input, with the path of the field that is wrong. */
export class InputError extends Error {
  readonly path: string;

  constructor(path: string, expected: string) {
    super(`${path} must be ${expected}`);
    this.name = 'InputError';
    this.path = path;
  }
}

type Fields = Readonly<Record<string, unknown>>;
/** Reads one value found at `path`, or throws an InputError. */
export type Reader<T> = (value: unknown, path: string) => T;

export const text: Reader<string> = (value, path) => {
  if (typeof value !== 'string' || value === '') throw new InputError(path, 'a text');
  return value;
};

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new InputError(path, 'true or false');
  return value;
};

export function numberIn(least: number, most: number): Reader<number> {
  return (value, path) => {
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      throw new InputError(path, `a number from ${least} to ${most}`);
    }
    return value;
  };
}

export function wholeIn(least: number, most: number): Reader<number> {
  return (value, path) => {
    if (!Number.isInteger(value)) throw new InputError(path, 'a whole number');
    return numberIn(least, most)(value, path);
  };
}

export function oneOf<T extends string>(names: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = names.find((name) => name === value);
    if (found === undefined) throw new InputError(path, `one of ${names.join(', ')}`);
    return found;
  };
}

export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null ? null : reader(value, path));
}

export function listOf<T>(reader: Reader<T>): Reader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new InputError(path, 'a list');
    return value.map((one, index) => reader(one, `${path}[${index}]`));
  };
}

/** One value or a list of them. */
export function oneOrMore<T>(reader: Reader<T>): Reader<T[]> {
  return (value, path) => (Array.isArray(value) ? listOf(reader)(value, path) : [reader(value, path)]);
}

type Shape = Readonly<Record<string, Reader<unknown>>>;
type Read<S extends Shape> = { -readonly [K in keyof S]?: ReturnType<S[K]> };

/** An object whose fields may all be left out; fields that nobody knows are refused. */
export function partial<S extends Shape>(shape: S): Reader<Read<S>> {
  return (value, path) => {
    const result: Record<string, unknown> = {};
    for (const [field, found] of Object.entries(fieldsOf(value, path))) {
      const reader = Object.hasOwn(shape, field) ? shape[field] : undefined;
      const at = path === '' ? field : `${path}.${field}`;
      if (reader === undefined) throw new InputError(at, `left out: there is no such field (known: ${Object.keys(shape).join(', ')})`);
      result[field] = reader(found, at);
    }
    return result as Read<S>;
  };
}

/** Insists on a field that `partial` let be left out. */
export function need<T>(value: T | undefined, path: string): T {
  if (value === undefined) throw new InputError(path, 'given');
  return value;
}

function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(path === '' ? 'the body' : path, 'an object');
  }
  return value as Fields;
}
