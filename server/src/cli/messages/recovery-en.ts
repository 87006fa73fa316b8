/** What `todoku repl` says. */
export const replEn = {
  summary: 'run TypeScript with the managers under the names of the manual; without --eval and --file: a prompt',
  eval: 'this code; it may await, and what it does not wait for is waited for',
  file: 'the code of this file',
  user: 'the user whose id is bound as userId',
  greeting: (names: string) => `The managers of this system: ${names}. What you do is in the audit. .exit ends it.`,
};

/** What `todoku emergency-resume` says before it ends the stop. */
export const resumeEn = {
  dryRun: 'only say what would be sent, held and expired',
  nothingDone: 'Nothing was changed.',
  queueEmpty: 'The queue is empty.',
  others: (undecided: string, held: string) => `Not decided yet: ${undecided} notifications. Held, which keep their time: ${held}.`,
  stillStopped: (by: string) => `Still nothing would go out: ${by}.`,
  stops: {
    paused: 'the queue is paused',
    emergency: 'the emergency stop',
    pushes_disabled: 'pushes are off',
    trigger_disabled: 'the trigger is disabled',
  },
  columns: { lane: 'lane', wouldBeSent: 'sent at once', wouldExpire: 'expire', later: 'due later', parked: 'parked' },
};

/** What `todoku queue clear-stale` and `todoku tokens …` say. */
export const tendEn = {
  clearStale: 'end what is past its expiry now, with its entry in the ledger; what leases left behind, workers take up',
  cleared: (expired: string, strays: string, abandoned: string) =>
    `${expired} deliveries expired, ${strays} stray chunks tended, ${abandoned} deliveries of lost leases wait for a worker.`,
  validate: 'read every token: form, key, state, age, owner; sends nothing',
  checked: (n: string) => `${n} tokens read.`,
  problems: (n: string) => `${n} active tokens can't be sent to:`,
  stale: (n: string, days: number) => `${n} active tokens have not been registered for ${days} days.`,
  orphans: (n: string) => `${n} active tokens belong to users that are gone.`,
  removeInvalid: 'delete tokens that have been invalid or signed out for long; quarantined ones stay',
  olderThan: 'days since then',
  removed: (n: string) => `${n} tokens deleted.`,
  reregister: 'ask apps to register their devices again; the mark goes with the registration',
  user: "this user's devices",
  states: 'devices in these states: active, quarantined, invalid; with commas between',
  which: 'Say --user or --states.',
  marked: (n: string) => `${n} devices marked.`,
};

/** What `todoku recover` says. */
export const recoverEn = {
  summary: 'after an incident: end a pause, queue again what failed, read every token; an emergency stop stays',
  done: 'Recovered.',
  notDone: 'NOT RECOVERED: something failed; the alert recovery-failed fires.',
  worked: 'ok    ',
  failed: 'FAILED',
  steps: { resume: 'resume', retry: 'queue again what failed', validate_tokens: 'read every token' },
};
