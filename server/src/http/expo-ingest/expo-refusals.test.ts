import { expect, it } from 'vitest';
import { TodokuError } from '../../errors/todoku-error.js';
import { refusalOf } from './expo-refusals.js';

it('tells the SDK in the one way that it understands to try again', () => {
  expect(refusalOf(new TodokuError('OVERLOADED'))).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS', isTransient: true });
});

it('tells nothing of what went wrong inside', () => {
  const refusal = refusalOf(new TodokuError('INTERNAL', { message: 'a secret' }));
  expect(refusal).toEqual({ status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'An unknown error occurred.', isTransient: true });
});
