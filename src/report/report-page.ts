import { createHash } from 'node:crypto';
import { loadPlot } from './charts/plot-svg.js';
import { headlineOf } from './headline.js';
import { Html, html } from './html.js';
import { PAGE_MARK } from './is-our-report.js';
import type { ReportData } from './report-data.js';
import { REPORT_STYLE } from './report-style.js';
import { sayMoment } from './say-time.js';
import { showChanges } from './sections/show-changes.js';
import { showChecks } from './sections/show-checks.js';
import { showFindings } from './sections/show-findings.js';
import { showFlow } from './sections/show-flow.js';
import { showHead } from './sections/show-head.js';
import { showInsights } from './sections/show-insights.js';
import { showLedger } from './sections/show-ledger.js';
import { showMade, showSchema } from './sections/show-made.js';
import { showRejects } from './sections/show-rejects.js';

/**
 * A report as one page that loads nothing and runs nothing: its policy allows its own style sheets, known by their
 * hashes, and forbids everything else.
 */
export async function reportPage(data: ReportData): Promise<string> {
  const drawing = await loadPlot();
  const { title } = headlineOf(data);
  const failed = data.run.outcome === 'failed';
  const hashes = [REPORT_STYLE, data.schema.style].map(sha256).join(' ');
  const policy = `default-src 'none'; style-src ${hashes}; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${new Html(PAGE_MARK)}
<meta name="description" content="${title}">
<title>${data.project}: ${failed ? 'the run failed' : 'integration report'}</title>
<style>${new Html(REPORT_STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<div class="page">
${showHead(data)}
<main id="content">
${showFlow(data)}${failed && data.rejects.total > 0 ? showRejects(data) : null}${failed ? showChecks(data) : null}${showChanges(data)}${showLedger(data)}${failed ? null : showRejects(data)}${showFindings(data)}${failed ? null : showChecks(data)}${showInsights(drawing, data.insights)}${showSchema(data)}${showMade(data)}</main>
<footer>Made by Pamoja from the bookkeeping of the database, on ${sayMoment(data.made.at, data.timezone)}. Everything in it can be asked with SQL.</footer>
</div>
</body>
</html>
`;
  return page.text;
}

/** A style applies only if it is this one, to the letter. */
function sha256(style: string): string {
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
}
