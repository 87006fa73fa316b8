import { createHash } from 'node:crypto';

/** The page's one style sheet. Colours are plain first: mail programs do not know variables. */
export const style = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2430;--soft:#5c6675;--edge:#dde2e9;--card:#f6f8fa;--main:#2f6fde;--quiet:#b6c2d2;--good:#1d8a56;--bad:#c8324a;--good-bg:#e6f4ec;--bad-bg:#fcebed;--calm-bg:#eef1f5}
@media (prefers-color-scheme:dark){:root{--paper:#12161c;--ink:#e6eaf0;--soft:#9aa5b4;--edge:#2c343f;--card:#1a2028;--main:#6ea6ff;--quiet:#4c5868;--good:#4fc98b;--bad:#ff8291;--good-bg:#15301f;--bad-bg:#3a1a20;--calm-bg:#222a34}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:#1c2430;color:var(--ink);font:15px/1.6 system-ui,-apple-system,"Segoe UI","Hiragino Sans","Noto Sans CJK JP","Noto Sans JP",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:980px;margin:0 auto;padding:20px 16px 40px}
h1{font-size:26px;line-height:1.25;margin:0}
h2{font-size:18px;margin:34px 0 10px;padding-top:14px;border-top:1px solid #dde2e9;border-color:var(--edge)}
p{margin:6px 0}
.days{font-size:17px;margin-top:4px}
.note,footer,.was{color:#5c6675;color:var(--soft);font-size:13px}
.verdict{margin:18px 0 14px;padding:12px 16px;border-radius:10px;background:var(--calm-bg)}
.verdict.good{background:var(--good-bg)}
.verdict.attention{background:var(--bad-bg)}
.verdict strong{font-size:17px}
.verdict.good strong{color:var(--good)}
.verdict.attention strong{color:var(--bad)}
.verdict ul{margin:6px 0 0;padding-left:20px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(168px,1fr));gap:10px}
.tile{background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:12px 14px;display:flex;flex-direction:column}
.tile h3{font-size:13px;font-weight:600;color:var(--soft);margin:0 0 auto;padding-bottom:4px;line-height:1.4}
.tile .figure{font-size:25px;font-weight:650;line-height:1.3;margin:0;font-variant-numeric:tabular-nums}
.tile .figure.none{font-size:18px;color:var(--soft)}
.tile p{margin:0}
.mark{display:inline-block;border-radius:99px;padding:0 9px;font-size:12px;line-height:20px;background:var(--calm-bg);color:var(--soft);white-space:nowrap}
.mark.met{background:var(--good-bg);color:var(--good)}
.mark.missed,.mark.page{background:var(--bad-bg);color:var(--bad)}
.charts{display:grid;margin-top:12px;grid-template-columns:repeat(auto-fill,minmax(min(100%,360px),1fr));gap:14px}
figure{margin:0;background:var(--card);border:1px solid var(--edge);border-radius:10px;padding:12px 12px 6px;min-width:0}
figcaption{font-size:14px;font-weight:600}
svg{display:block;width:100%;height:auto}
svg text{font-size:12px;fill:var(--soft);font-variant-numeric:tabular-nums}
text.value{text-anchor:end}
text.step{text-anchor:middle}
line.grid{stroke:var(--edge);stroke-width:1}
line.base{stroke:var(--soft);stroke-width:1}
line.limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:5 4}
rect.main,circle.main{fill:var(--main)}
rect.quiet{fill:var(--quiet)}
rect.good,circle.good{fill:var(--good)}
rect.bad,circle.bad{fill:var(--bad)}
rect.rest{fill:var(--edge)}
path.line{fill:none;stroke-width:2;stroke-linejoin:round}
path.main{stroke:var(--main)}
path.good{stroke:var(--good)}
path.bad{stroke:var(--bad)}
svg.bar{height:12px;min-width:90px;border-radius:3px;margin-top:6px}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 14px;margin:2px 0 4px;padding:0;font-size:12px;color:var(--soft)}
.legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:5px}
i.main{background:var(--main)}
i.quiet{background:var(--quiet)}
i.good{background:var(--good)}
i.bad{background:var(--bad)}
i.limit{height:0;border-top:2px dashed var(--bad);vertical-align:middle;border-radius:0}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid #dde2e9;border-color:var(--edge)}
th{font-size:12px;font-weight:600;color:var(--soft);white-space:nowrap}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.t{white-space:nowrap;font-variant-numeric:tabular-nums}
td.word{overflow-wrap:anywhere;min-width:8em}
td.advice{min-width:15em}
code{font:13px ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
td.lead code{white-space:nowrap}
table.plain th:first-child{width:46%}
details{margin-top:10px}
summary{cursor:pointer;color:var(--main);font-size:14px}
p.none{color:var(--soft);padding:14px 0;text-align:center}
footer{margin-top:34px;border-top:1px solid var(--edge);padding-top:10px}
@media (max-width:560px){h1{font-size:22px}.tiles{grid-template-columns:1fr 1fr}.tile{padding:10px 11px}.tile .figure{font-size:21px}
svg text{font-size:14px}
table.plain td,table.plain th{padding-right:8px}table.plain td:last-child,table.plain th:last-child{padding-right:0}table.plain th:first-child{width:auto}
table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.stack tr{display:block;padding:8px 0;border-bottom:1px solid var(--edge)}
table.stack td{display:flex;justify-content:space-between;gap:14px;border:0;padding:1px 0;text-align:right;white-space:normal}
table.stack td::before{content:attr(data-name);color:var(--soft);font-size:12px;flex:none;text-align:left}
table.stack td.lead code{white-space:normal}
table.stack td.lead{display:block;text-align:left;font-weight:600}
table.stack td.advice{display:block;text-align:left;padding-top:3px}
table.stack td.lead::before,table.stack td.advice::before{content:none}
table.stack td:empty{display:none}
table.stack td svg.bar{max-width:150px}}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#444;--edge:#ccc;--card:#fff;--main:#2f6fde;--quiet:#b6c2d2;--good:#1d8a56;--bad:#c8324a;--good-bg:#fff;--bad-bg:#fff;--calm-bg:#fff}
main{max-width:none;padding:0}body{font-size:11pt}h2{break-after:avoid}figure,.tile,tr{break-inside:avoid}.verdict,.mark{border:1px solid var(--edge)}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}details{display:none}}
`;

/** What a page may do: show its one style sheet, and nothing else. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;
