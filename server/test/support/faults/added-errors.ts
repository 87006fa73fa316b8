const added: readonly string[] = ['CONTENT_NOT_LOADED', 'LEASE_EXPIRED'];

/** Whether this run lets statements fail. */
export function statementsFail(): boolean {
  return process.env.TEST_DATABASE_FAULTS !== undefined;
}

/**
 * Whether it is an error that a failing database adds to those that a test provokes: chunks that were claimed and could not be read, or whose claim
 * nobody heard of. Never where statements do not fail.
 */
export function isAddedError(code: string | null): boolean {
  return statementsFail() && code !== null && added.includes(code);
}
