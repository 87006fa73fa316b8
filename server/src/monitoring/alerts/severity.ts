/** page: somebody has to get up; warn: today; info: worth knowing. In falling order of weight. */
export const severities = ['page', 'warn', 'info'] as const;
export type Severity = (typeof severities)[number];
