import { changesTable, sayChanges } from './changes-table.js';
import { headlineOf } from './headline.js';
import { MARKDOWN_MARK } from './is-our-report.js';
import { filesTable, ledgerTable } from './ledger-table.js';
import { moneyTables } from './money-tables.js';
import { remedyOfReject } from './remedy-of-reject.js';
import type { ReportData, ReportInsight } from './report-data.js';
import { capital, sayCount, sayMany, sayName } from './say-number.js';
import { sayMoment } from './say-time.js';
import { checksTable, sayChecks } from './sections/show-checks.js';
import { findingsTable, sayFindings } from './sections/show-findings.js';
import { sayArrival } from './sections/show-flow.js';
import { keyFigures } from './sections/show-head.js';
import { hiddenOf, saySilent, sayValue } from './sections/show-insights.js';
import { sayBalance, sayMoney } from './sections/show-ledger.js';
import { madeOf } from './sections/show-made.js';
import { causeOf, placesOf, sayRejects, tookOf } from './sections/show-rejects.js';
import type { ShownTable } from './sections/show-section.js';

const SHOWN_ROWS = 12;

/** The same report in Markdown: for a chat, a pull request, an archive. */
export function reportMarkdown(data: ReportData): string {
  const { run, project, timezone } = data;
  const { title, lead, next, badge } = headlineOf(data);
  const failed = run.outcome === 'failed';
  const parts = [
    MARKDOWN_MARK,
    `# ${escapeMarkdown(title)}`,
    `${escapeMarkdown(project)} · integration report · ${sayMoment(run.finishedAt, timezone)} · run ${sayCount(run.number)}`,
    escapeMarkdown(lead),
    `**${escapeMarkdown(badge.text)}**`,
    ...(next === null ? [] : [`**What to do:** ${escapeMarkdown(next)}`]),
    ...figuresOf(data),
    ...(failed ? [...rejectsOf(data), ...checksOf(data)] : changesOf(data)),
    ...ledgerOf(data),
    ...(failed ? [] : rejectsOf(data)),
    ...findingsOf(data),
    ...(failed ? [] : checksOf(data)),
    ...insightsOf(data.insights),
    '## How it was made',
    madeOf(data)
      .map(([word, means]) => `- ${word}: ${escapeMarkdown(means)}`)
      .join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function figuresOf(data: ReportData): string[] {
  const figures = keyFigures(data);
  if (figures.length === 0) return [];
  return [
    figures
      .map(
        ({ unit, value, means }) =>
          `- **${[unit, value].filter((part) => part !== '').join(' ')}** ${escapeMarkdown(means)}`,
      )
      .join('\n'),
  ];
}

function changesOf(data: ReportData): string[] {
  if (data.tables.every(({ outcome }) => outcome === null)) return [];
  const { title, about } = sayChanges(data);
  return [`## ${title}`, about, ...(data.before === null ? [] : [tableOf(changesTable(data))])];
}

function ledgerOf(data: ReportData): string[] {
  if (data.flows.length === 0) return [];
  const { title, about } = sayMoney(data);
  return [
    `## ${sayBalance(data)}`,
    sayArrival(data),
    tableOf(ledgerTable(data)),
    ...(data.files.length === 0 ? [] : [tableOf(filesTable(data))]),
    ...(data.amounts.length === 0 ? [] : [`## ${title}`, about, ...moneyTables(data).map(tableOf)]),
  ];
}

function rejectsOf(data: ReportData): string[] {
  const { rejects } = data;
  if (rejects.total === 0) return data.run.outcome === 'failed' ? [] : ['## Nothing was refused'];
  const left = rejects.causes - rejects.groups.length;
  const causes = rejects.groups.map((group) => {
    const samples = placesOf(group.samples).map(({ file, samples }) => {
      const said = samples.map(({ where, value }) => `${where}${value === null ? '' : ` ${code(value)}`}`);
      return `  - ${escapeMarkdown(file)}: ${said.join(', ')}`;
    });
    const what = `${sayName(group.source)} › ${sayName(group.entity)}${tookOf(group)}`;
    return [
      `- **${sayCount(group.count)}** ${withCode(causeOf(group))} (${escapeMarkdown(what)})`,
      ...samples,
      `  - What to do: ${withCode(remedyOfReject(group))}`,
    ].join('\n');
  });
  return [
    `## ${sayRejects(data)}`,
    causes.join('\n'),
    ...(left > 0 ? [`${sayMany(left, 'more cause')}: \`pamoja rejects --json\``] : []),
  ];
}

/** What stands in backticks as code, the rest as plain text. */
function withCode(text: string): string {
  return text
    .split(/`([^`]*)`/)
    .map((part, i) => (i % 2 === 1 ? code(part) : escapeMarkdown(part)))
    .join('');
}

function findingsOf({ findings }: ReportData): string[] {
  return findings.total === 0 ? [] : [`## ${sayFindings(findings)}`, tableOf(findingsTable(findings))];
}

function checksOf({ checks }: ReportData): string[] {
  return checks.length === 0 ? [] : [`## ${sayChecks(checks)}`, tableOf(checksTable(checks))];
}

function insightsOf(insights: readonly ReportInsight[]): string[] {
  const answered = insights.filter(({ rows, failure }) => failure === null && rows.length > 0);
  const silent = insights.filter(({ rows, failure }) => failure === null && rows.length === 0);
  const failed = insights.filter(({ failure }) => failure !== null);
  if (answered.length + failed.length === 0) return [];
  return [
    '## What the business looks like now',
    ...answered.flatMap((insight) => [`### ${escapeMarkdown(insight.title)}`, answerOf(insight)]),
    ...(silent.length === 0 ? [] : [escapeMarkdown(saySilent(silent))]),
    ...failed.map(
      ({ title, failure }) =>
        `**${escapeMarkdown(title)}** could not be answered: ${escapeMarkdown(failure ?? '')}`,
    ),
  ];
}

function answerOf({ columns, rows, complete, description, hidden }: ReportInsight): string {
  const shown = rows.slice(0, SHOWN_ROWS);
  const more =
    rows.length > shown.length
      ? ` The first ${sayCount(shown.length)} of ${complete ? '' : 'more than '}${sayMany(rows.length, 'row')}.`
      : '';
  return tableOf({
    caption: `${[description, hiddenOf(hidden)].filter((text) => text !== '').join(' ')}${more}`.trim(),
    columns: columns.map(({ name, kind }) => ({ title: sayName(name), number: kind === 'number' })),
    rows: shown.map((row) =>
      row.map((value, i) => ({
        text: value === null ? '–' : sayValue(columns[i]?.kind ?? 'text', columns[i]?.name ?? '', value),
      })),
    ),
  });
}

function tableOf({ caption, columns, rows, total }: ShownTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const body = [...rows, ...(total === undefined ? [] : [total])].map((row) =>
    line(
      row.map(({ text, below }) =>
        escapeMarkdown(below === undefined || below === '' ? text : `${text} (${below})`),
      ),
    ),
  );
  return [
    ...(caption === '' ? [] : [escapeMarkdown(caption), '']),
    line(columns.map(({ title }) => escapeMarkdown(capital(title)))),
    line(columns.map(({ number }) => (number ? '--:' : ':--'))),
    ...body,
  ].join('\n');
}

/** A text that neither begins nor ends anything in Markdown, and is no HTML. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/[\\`*_[\]<>|~#&]/g, '\\$&')
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/(https?|ftp|mailto|www)([:.])/gi, '$1\u200b$2');
}

/** A value as code, whatever backticks it holds. */
function code(text: string): string {
  const flat = text
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .replaceAll('|', '¦');
  const fence = '`'.repeat(Math.max(0, ...(flat.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  return fence.length > 1 ? `${fence} ${flat} ${fence}` : `${fence}${flat}${fence}`;
}
