/** Of the report: readable on paper, by day and by night. Every pair of colours has a contrast of 4.5 or more. */
export const style = `
:root {
  color-scheme: light;
  --paper: #ffffff; --sheet: #ffffff; --ink: #18202a; --muted: #56606d; --line: #d4d9df; --tint: #f4f6f8;
  --accent: #1f5f8b; --passed: #17653a; --failed: #a8201a; --warned: #7a5200; --incomplete: #6a3a8a; --skipped: #56606d;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --paper: #12161b; --sheet: #181d23; --ink: #e7eaee; --muted: #a3adb8; --line: #38414b; --tint: #1f252d;
    --accent: #7db8e0; --passed: #6fcf97; --failed: #ff8a80; --warned: #e9b949; --incomplete: #cf9fee; --skipped: #a3adb8;
  }
}
@media screen { body { background: var(--tint); } main { border: 1px solid var(--line); border-radius: 4px; margin: 2rem auto; padding: 2.5rem 3rem; } }
@media screen and (prefers-color-scheme: dark) { body { background: var(--paper); } }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); font: 15px/1.6 system-ui, -apple-system, "Segoe UI", "Hiragino Sans", "Yu Gothic UI", "Noto Sans CJK JP", "IPAGothic", sans-serif; }
main { background: var(--sheet); max-width: 60rem; }
header { border-bottom: 3px solid var(--ink); margin-bottom: 1.5rem; padding-bottom: 1rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0; letter-spacing: -0.01em; }
h2 { border-bottom: 1px solid var(--line); font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-bottom: 0.25rem; }
h3 { font-size: 1rem; margin: 1.75rem 0 0.5rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
.subtitle { color: var(--muted); font-size: 1.05rem; margin: 0.15rem 0 0.75rem; }
.meta { color: var(--muted); font-size: 0.87rem; margin: 0; }
.conclusion { border-left: 5px solid; font-size: 1.15rem; font-weight: 600; margin: 1.25rem 0; max-width: none; padding: 0.6rem 1rem; background: var(--tint); }
.passed { color: var(--passed); } .failed { color: var(--failed); } .warned { color: var(--warned); }
.incomplete { color: var(--incomplete); } .skipped { color: var(--skipped); }
.mark { font-weight: 600; white-space: nowrap; } .count { white-space: nowrap; }
.quiet { color: var(--muted); }
.figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
table { border-collapse: collapse; font-size: 0.87rem; line-height: 1.45; margin: 0.5rem 0 1rem; width: 100%; }
caption { color: var(--muted); font-size: 0.87rem; padding: 0 0 0.35rem; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: 0.45rem 0.75rem 0.45rem 0; text-align: left; vertical-align: top; overflow-wrap: break-word; }
a { color: var(--accent); }
th { font-weight: 600; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; white-space: nowrap; }
tbody th { font-weight: 600; }
td small, th small { color: var(--muted); display: block; font-size: 0.8rem; font-weight: 400; white-space: nowrap; }
.findings { width: 50%; }
td ul { margin: 0; padding-left: 1.1rem; } td li { margin: 0.1rem 0; }
dl { display: grid; font-size: 0.9rem; gap: 0 1.5rem; grid-template-columns: minmax(9rem, max-content) minmax(0, 1fr); margin: 0.5rem 0; }
dt { color: var(--muted); padding: 0.2rem 0; } dd { margin: 0; overflow-wrap: anywhere; padding: 0.2rem 0; }
code, .hash { font-family: ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; font-size: 0.82rem; overflow-wrap: anywhere; }
pre { background: var(--tint); border: 1px solid var(--line); margin: 0.5rem 0; overflow-x: auto; padding: 0.6rem 0.9rem; white-space: pre-wrap; }
figure { margin: 0.75rem 0 1.25rem; } figcaption { font-size: 0.87rem; font-weight: 600; margin-bottom: 0.25rem; }
figcaption .legend { color: var(--muted); font-weight: 400; display: inline-block; margin-left: 0.75rem; white-space: pre-wrap; }
.chart svg { display: block; height: auto; max-width: 100%; width: 100%; }
.hidden-character { background: var(--failed); color: var(--sheet); font-size: 0.75em; padding: 0 0.2em; }
.heading-mark { font-size: 0.9rem; margin-left: 0.75rem; }
@media (max-width: 45rem) { main { margin: 0; padding: 1.25rem; border: 0; } .wide { overflow-x: auto; } .wide table { min-width: 38rem; } dl { grid-template-columns: minmax(0, 1fr); } dd { padding-bottom: 0.5rem; } }
@page { margin: 16mm 15mm; size: A4; }
@media print {
  body { font-size: 10pt; } main { max-width: none; }
  h2, h3, caption { break-after: avoid; } tr, figure, .conclusion { break-inside: avoid; } thead { display: table-header-group; }
  .database { break-before: page; }
  * { print-color-adjust: exact; }
}
`;
