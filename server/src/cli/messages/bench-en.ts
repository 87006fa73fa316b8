/** What `todoku bench` says. */
export const benchEn = {
  summary: 'measure this machine: how fast everything is, beside what one would otherwise pick; with a Postgres and a simulator of its own',
  only: 'suites, with commas between: throughput, bounds, scaling, latency, intake, memory, backlog, history, features, xmin, tuning',
  count: 'notifications in a round',
  rounds: 'rounds of each measurement',
  quick: 'small sizes, a few minutes: shows that it works, the figures mean nothing',
  note: 'All of it takes some two hours; progress is told. It touches neither the running system nor its database. More: docs/performance.md',
};
