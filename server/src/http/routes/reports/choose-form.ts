export const reportForms = ['json', 'html', 'text'] as const;
export type ReportForm = (typeof reportForms)[number];

const types: Readonly<Record<string, ReportForm>> = {
  'application/json': 'json',
  'text/html': 'html',
  'text/plain': 'text',
  'text/*': 'text',
};

/** What an Accept header likes best of what there is; JSON when it names none of it. */
export function chooseForm(accept: string | undefined): ReportForm {
  const wishes = (accept ?? '').split(',').flatMap((part, place) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const form = types[type];
    const q = Number(/^q=([\d.]+)$/.exec(parameters.find((text) => text.startsWith('q=')) ?? 'q=1')?.[1] ?? 0);
    return form === undefined || !(q > 0) ? [] : [{ form, q, place }];
  });
  return wishes.sort((a, b) => b.q - a.q || a.place - b.place)[0]?.form ?? 'json';
}
