/** What `todoku logs` says. */
export const logsEn = {
  group: 'what the running processes log',
  level: 'show the level, or set it in every process for a while; "default" ends that',
  which: 'the least important lines that are written; default: what LOG_LEVEL of each process says',
  for: 'for how long: 30m, 2h, at most 1d',
  incomplete: 'A level needs --for <span> and --reason <why>; default needs --reason.',
  own: 'Each process goes by its own LOG_LEVEL.',
  set: (level: string, until: string, by: string, reason: string) =>
    `Every process logs from ${level} on until ${until}, by ${by}: ${reason}`,
};
