import { createHash } from 'node:crypto';
import { escapeHtml } from './render-inline.js';
import { renderMarkdown } from './render-markdown.js';

export const manualLanguages = ['en', 'ja'] as const;
export type ManualLanguage = (typeof manualLanguages)[number];

const words = {
  en: { manual: 'Todoku operators’ manual', contents: 'Contents', alerts: 'Alerts', emergency: 'Emergency', other: '日本語' },
  ja: { manual: 'Todoku 運用マニュアル', contents: '目次', alerts: 'アラート', emergency: '緊急時', other: 'English' },
} as const;

/** Read on a phone, at night: large enough to tap, dark when the phone is, code that one tap selects. */
const style = `:root{color-scheme:light dark;--edge:#8884;--soft:#8881}
*{box-sizing:border-box}
body{margin:0 auto;max-width:46rem;padding:0 1rem 6rem;font:1rem/1.65 system-ui,"Hiragino Sans","Noto Sans CJK JP","Noto Sans JP",sans-serif;overflow-wrap:anywhere}
nav{position:sticky;top:0;display:flex;gap:1.25rem;padding:.7rem 0;background:Canvas;border-bottom:1px solid var(--edge)}
nav a{padding:.2rem 0}
nav a:last-child{margin-left:auto}
h1{font-size:1.5rem;line-height:1.3}
h2{font-size:1.25rem;margin-top:2.4rem;padding-top:.8rem;border-top:1px solid var(--edge);scroll-margin-top:3.5rem}
h3{font-size:1.05rem;margin:1.6rem 0 .4rem;scroll-margin-top:3.5rem}
:target{background:#fd03}
p{margin:.6rem 0}
li{margin:.3rem 0}
ul:has(input){list-style:none;padding-left:.2rem}
input{width:1.2rem;height:1.2rem;vertical-align:-.2rem}
pre{margin:.6rem 0;padding:.7rem .8rem;overflow-x:auto;font-size:.85rem;line-height:1.5;border-radius:.4rem;background:var(--soft)}
pre.run{border-left:.25rem solid #2a7ae2;-webkit-user-select:all;user-select:all}
pre.out{opacity:.85;border-left:.25rem solid var(--edge)}
code{font-family:ui-monospace,Menlo,Consolas,monospace}
p code,li code,td code{padding:.1em .3em;border-radius:.25rem;background:var(--soft)}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem}
th,td{padding:.35rem .6rem;border:1px solid var(--edge);text-align:left;vertical-align:top}`;

/** What a browser may load: this style and nothing else. No script runs. */
export const manualPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'`;

/** A page of the manual as HTML. Links between pages are relative, with or without .md: they work in the checkout, too. */
export function renderManualPage(language: ManualLanguage, page: string, markdown: string): string {
  const other = language === 'en' ? 'ja' : 'en';
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? page;
  const says = words[language];
  const link = (to: string, text: string, of: ManualLanguage = language): string =>
    `<a href="/manual/${of}/${to}.md" hreflang="${of}">${text}</a>`;
  const links = [
    link('index', says.contents),
    link('alerts', says.alerts),
    link('emergency', says.emergency),
    link(page, says.other, other),
  ];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – ${says.manual}</title>
<style>${style}</style>
</head>
<body>
<nav>${links.join('')}</nav>
<main>
${renderMarkdown(markdown)}
</main>
</body>
</html>
`;
}
