/**
 * How the page looks. Every colour is there twice, for a light and for a dark page, and has a contrast of 4.5 for text
 * and 3 for shapes against what it stands on.
 */

/** The style sheet. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f5f5f2, #111315);
  --card: light-dark(#ffffff, #1a1d20);
  --rule: light-dark(#e2e1dc, #2f3439);
  --track: light-dark(#e9e8e4, #2b3035);
  --ink: light-dark(#1c1e21, #eceae6);
  --muted: light-dark(#5d6169, #a4a9b0);
  --accent: light-dark(#9a4a06, #f0a35c);
  --warn: light-dark(#b3261e, #ff8a80);
  --warn-card: light-dark(#fdecea, #33201f);
  --tone-1: light-dark(#b85c0a, #f0a35c);
  --tone-2: light-dark(#1f6fb2, #6cb2f0);
  --tone-3: light-dark(#2e7d4f, #6fcf97);
  --tone-4: light-dark(#7d4bb5, #bf9af0);
  --tone-5: light-dark(#b8326f, #f48fb8);
  --tone-6: light-dark(#0d7f86, #5fd0d6);
  --tone-7: light-dark(#857200, #dcc74e);
  --tone-others: light-dark(#777c84, #8d939b);
}
:root[data-theme='light'] { color-scheme: light; }
:root[data-theme='dark'] { color-scheme: dark; }
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  max-width: 1360px;
  padding: 40px 32px 32px;
  background: var(--page);
  color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, dl, dd, ul { margin: 0; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.02em; }
h2 { font-size: 20px; line-height: 1.3; letter-spacing: -0.01em; }
h3 { font-size: 15px; line-height: 1.4; }
code { font: 0.92em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
.about, .note { color: var(--muted); }
.note { font-size: 13px; }
header { display: flex; justify-content: space-between; align-items: flex-start; gap: 16px; }
header .about { display: flex; flex-wrap: wrap; gap: 0 16px; margin-top: 6px; overflow-wrap: anywhere; }
header code { color: var(--ink); }
button { font: inherit; color: inherit; cursor: pointer; }
#theme {
  flex: none;
  padding: 5px 12px;
  border: 1px solid var(--rule);
  border-radius: 6px;
  background: var(--card);
  font-size: 13px;
}
#theme[hidden] { display: none; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.warning {
  margin-top: 20px;
  padding: 12px 16px;
  border-left: 3px solid var(--warn);
  border-radius: 4px;
  background: var(--warn-card);
  overflow-wrap: anywhere;
}
section { margin-top: 48px; }
section > .about { max-width: 100ch; margin-top: 2px; }
.cards { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; margin-top: 16px; }
.card, .tile { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.card { padding: 18px 20px 16px; min-width: 0; }
.whole-row { grid-column: 1 / -1; }
.tiles { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 16px; margin-top: 28px; }
.tile { padding: 14px 18px 15px; }
.tile dt { font-size: 13px; color: var(--muted); }
.tile data { display: block; font-size: 27px; font-weight: 650; line-height: 1.3; letter-spacing: -0.02em; white-space: nowrap; }
.tile .note { display: block; }
.picture { display: block; width: 100%; max-width: 460px; height: auto; margin-top: 14px; overflow: visible; }
#hit-rates .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
#hit-rates .picture { max-width: 380px; }
.picture text { font-size: 12px; fill: var(--ink); }
.picture text.muted { fill: var(--muted); }
.axis { stroke: var(--muted); stroke-width: 1; }
.grid { stroke: var(--rule); stroke-width: 1; }
.track { fill: var(--track); }
.tone-1 { fill: var(--tone-1); }
.tone-2 { fill: var(--tone-2); }
.tone-3 { fill: var(--tone-3); }
.tone-4 { fill: var(--tone-4); }
.tone-5 { fill: var(--tone-5); }
.tone-6 { fill: var(--tone-6); }
.tone-7 { fill: var(--tone-7); }
.tone-others, .reads { fill: var(--tone-others); }
.full { fill: var(--warn); }
.rate, .rate-dot { fill: var(--tone-3); }
.rate-line { fill: none; stroke: var(--tone-3); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.rate-area { fill: var(--tone-3); opacity: 0.12; }
.rate-dot { stroke: var(--card); stroke-width: 1.5; }
.legend { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; list-style: none; font-size: 13px; }
.legend li { display: flex; align-items: center; gap: 7px; overflow-wrap: anywhere; }
.swatch { flex: none; width: 11px; height: 11px; }
.numbers { margin-top: 10px; }
summary { cursor: pointer; }
.numbers > summary { width: fit-content; font-size: 13px; color: var(--accent); }
table { width: 100%; margin-top: 10px; border-collapse: collapse; font-size: 13px; line-height: 1.45; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; font-weight: normal; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; padding-bottom: 2px; }
thead th { vertical-align: bottom; font-weight: 600; color: var(--muted); overflow-wrap: normal; }
thead button { padding: 0; border: 0; background: none; font-weight: inherit; text-align: inherit; }
thead button:hover { color: var(--ink); }
[aria-sort='ascending'] button::after { content: ' ↑'; }
[aria-sort='descending'] button::after { content: ' ↓'; }
.figure { text-align: right; }
tbody .figure { white-space: nowrap; }
.wide tbody th { min-width: 13em; }
.key { display: block; overflow-wrap: anywhere; unicode-bidi: isolate; }
.key > summary { list-style-position: outside; margin-left: 1.1em; }
.key .whole { display: block; max-height: 16em; overflow: auto; margin: 6px 0 4px; padding: 8px 10px; border-radius: 6px; background: var(--page); white-space: pre-wrap; }
footer { margin-top: 48px; padding-top: 16px; border-top: 1px solid var(--rule); font-size: 13px; color: var(--muted); }
@media (max-width: 1100px) {
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); }
}
@media (max-width: 720px) {
  body { padding: 24px 16px; }
  h1 { font-size: 25px; }
  .cards, #hit-rates .cards { grid-template-columns: minmax(0, 1fr); }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; margin-top: 22px; }
  .tile { padding: 11px 13px 12px; }
  .tile data { font-size: 22px; }
  .card { padding: 15px 15px 13px; }
  section { margin-top: 36px; }
  th, td { padding-right: 8px; }
  tbody .figure { white-space: normal; }
  .wide thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .wide tbody tr { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 3px 12px; padding: 10px 0; border-bottom: 1px solid var(--rule); }
  .wide tbody tr:last-child { border-bottom: 0; }
  .wide tbody th, .wide tbody td { padding: 0; border: 0; text-align: left; white-space: normal; }
  .wide tbody th { grid-column: 1 / -1; min-width: 0; font-weight: 600; }
  #entries .wide td:nth-child(2) { grid-column: 1 / -1; }
  .wide tbody td::before { content: attr(data-label) ' '; color: var(--muted); }
}
@media print {
  :root, :root[data-theme] { color-scheme: light; --page: #ffffff; }
  body { max-width: none; padding: 0; font-size: 12px; }
  #theme { display: none; }
  .card, .tile, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: start; }
  table { font-size: 11px; }
  th, td { padding-right: 9px; }
  rect, path, circle { print-color-adjust: exact; }
}
`;
