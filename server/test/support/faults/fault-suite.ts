/** Tests with workers that are not run while their statements fail, and why. All others are. */
const notUnderFaults: readonly { readonly files: RegExp; readonly why: string }[] = [
  { files: /^server\/test\/(cli|crash|manual)\//, why: 'what is tested is a process, with connections of its own' },
  { files: /^server\/test\/spine\/postgres-restart/, why: 'Postgres itself fails there' },
  { files: /\/live-tuning\.test/, why: 'counts requests: a claim whose answer is lost is made again when its lease has run out' },
  { files: /\/explain\.test/, why: 'asks for the whole story of a delivery: each try that fails is one more line of it' },
  { files: /^server\/test\/tracing/, why: 'counts spans: there is one for each try, and none of what could not be asked for its trace' },
  { files: /\/notification-queue-manager\.test/, why: 'asks what stands in the queue at one moment' },
];

export function runsUnderFaults(file: string): boolean {
  return !notUnderFaults.some(({ files }) => files.test(file));
}
