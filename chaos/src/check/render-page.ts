import type { Finding, TruthVerdict, Verdict } from './verdict.js';

/** A verdict as one page of HTML that needs nothing else: for a browser, or as an artefact of a build. */
export function renderPage(verdict: Verdict): string {
  const word = verdict.clean ? 'clean' : 'not clean';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chaos run ${verdict.seed}: ${word}</title>
<style>${style}</style>
<h1>Chaos run with seed ${verdict.seed}: <em class="${verdict.clean ? 'good' : 'bad'}">${word}</em></h1>
<p>Began ${text(verdict.startedAt)}, took ${Math.round(verdict.seconds)} s. Run it again: <code>${text(verdict.replay)}</code></p>
<h2>What must always be true</h2>
<table>
<thead><tr><th>no.<th>truth<th>looked at<th>verdict</thead>
${verdict.truths.map(rowOf).join('\n')}
</table>
${verdict.truths
  .filter(({ findings }) => findings.length > 0)
  .map(findingsOf)
  .join('\n')}
<h2>What struck</h2>
${coverageOf(verdict)}
<h2>Figures</h2>
<table>
${Object.entries(verdict.figures)
  .map(([name, value]) => `<tr><td>${text(name)}<td class="number">${value.toLocaleString('en')}`)
  .join('\n')}
</table>
</html>
`;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fff}
table{border-collapse:collapse}td,th{border-bottom:1px solid #ccc;padding:.3rem .8rem;text-align:left;vertical-align:top}
.number{text-align:right;font-variant-numeric:tabular-nums}em{font-style:normal}.good{color:#0a6b2d}.bad{color:#b00020}
code,li{overflow-wrap:anywhere}@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}.good{color:#5fd38a}.bad{color:#ff7b8a}}`;

function rowOf({ truth, name, examined, holds }: TruthVerdict): string {
  const verdict = holds ? '<em class="good">holds</em>' : '<em class="bad">broken</em>';
  return `<tr><td class="number">${truth || ''}<td>${text(name)}<td class="number">${examined.toLocaleString('en')}<td>${verdict}`;
}

function findingsOf({ truth, name, findings }: TruthVerdict): string {
  return `<h3>${truth ? `${truth}. ` : ''}${text(name)}</h3>\n${findings.map(findingOf).join('\n')}`;
}

function findingOf({ rule, count, examples }: Finding): string {
  return `<p><strong>${text(rule)}</strong>, ${count.toLocaleString('en')} times</p>\n<ul>${examples.map((one) => `<li>${text(one)}`).join('\n')}</ul>`;
}

function coverageOf({ coverage }: Verdict): string {
  const list = (names: readonly string[]): string =>
    names.length === 0 ? 'none' : names.map((name) => `<code>${text(name)}</code>`).join(' ');
  return `<table>
<tr><th>failpoints hit<td>${list(coverage.failpointsHit)}
<tr><th>failpoints missed<td>${list(coverage.failpointsMissed)}
<tr><th>faults that struck<td>${list(coverage.faultsHit)}
<tr><th>faults missed<td>${list(coverage.faultsMissed)}
</table>`;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const text = (value: string): string => value.replace(/[&<>"]/g, (character) => escapes[character] ?? character);
