/** What `data` of a notification may hold: JSON that Postgres stores, Expo takes and an app reads without a change. */
import { deepestNesting } from './json-depth.js';
import { isStorableText } from './storable-text.js';

type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export const MAX_KEYS_PER_OBJECT = 256;

/** Keys that change an object instead of being stored in it, wherever an app copies them carelessly. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface DataFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The first thing that is wrong with `data`, or null. */
export function findDataFault(data: unknown): DataFault | null {
  if (!isPlainObject(data)) {
    return { path: [], message: 'must be an object' };
  }
  return faultInObject(data, 1);
}

function faultIn(value: unknown, depth: number): DataFault | null {
  if (typeof value === 'string') {
    return isStorableText(value) ? null : { path: [], message: 'must be well-formed text without NUL' };
  }
  if (typeof value === 'number') {
    return isExactNumber(value)
      ? null
      : { path: [], message: 'must be a number between -(2^53 - 1) and 2^53 - 1; send larger ones as text' };
  }
  if (typeof value === 'boolean' || value === null) {
    return null;
  }
  if (depth > deepestNesting) {
    return { path: [], message: `is nested more than ${deepestNesting} levels deep` };
  }
  if (Array.isArray(value)) {
    return faultInArray(value, depth);
  }
  return isPlainObject(value) ? faultInObject(value, depth) : { path: [], message: 'must be a JSON value' };
}

function faultInArray(items: readonly unknown[], depth: number): DataFault | null {
  for (let index = 0; index < items.length; index++) {
    const fault = faultIn(items[index], depth + 1);
    if (fault !== null) {
      return { path: [index, ...fault.path], message: fault.message };
    }
  }
  return null;
}

function faultInObject(object: Readonly<Record<string, unknown>>, depth: number): DataFault | null {
  const keys = Object.keys(object);
  if (keys.length > MAX_KEYS_PER_OBJECT) {
    return { path: [], message: `has more than ${MAX_KEYS_PER_OBJECT} keys` };
  }
  for (const key of keys) {
    if (forbiddenKeys.has(key) || !isStorableText(key)) {
      return { path: [key], message: 'is not allowed as a key' };
    }
    const fault = faultIn(object[key], depth + 1);
    if (fault !== null) {
      return { path: [key, ...fault.path], message: fault.message };
    }
  }
  return null;
}

/** Larger ones were changed by JSON.parse already; 1e400 became Infinity. */
function isExactNumber(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
