/** What `todoku report` says. */
export const reportsEn = {
  report: 'how a day, a week or a month went, beside the one before',
  daily: 'today, or the day that --until names',
  weekly: 'seven days, up to today or to --until',
  monthly: 'a month, up to today or to --until',
  until: 'the last day, as in 2026-11-28, on the clocks of the zone; --ending is the same',
  zone: 'IANA time zone whose days and hours are meant; the policy says which when absent',
  html: 'the whole report as one HTML file with charts, to the terminal or to --out',
  out: 'write it to this file: HTML, unless it ends with .json or .txt',
  written: (file: string) => `Written to ${file}.`,
  send: 'send a report now by the routes of alerts',
  route: 'log, webhook, slack or email; may be given several times; every configured route when absent',
  sent: (route: string, answer: string) => `Sent by ${route}. What came back: ${answer}`,
  notSent: (route: string, error: string) => `NOT SENT by ${route}, but tried again for a day: ${error}`,
  list: 'which reports were sent by themselves, the latest first',
  columns: { period: 'report', lastDay: 'last day', at: 'made', by: 'by', routes: 'routes' },
  states: { sent: 'sent', waiting: 'being tried', failed: 'NOT SENT' } as Readonly<Record<string, string>>,
};
