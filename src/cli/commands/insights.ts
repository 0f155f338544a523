import type { Insight, InsightRow } from '../../insights/insight.js';
import { findInsight, listInsights } from '../../insights/list-insights.js';
import type { OpenInsight } from '../../insights/read-insight.js';
import { csvHeader, csvLine, jsonValue } from '../../insights/write-values.js';
import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import { nearest } from '../../kernel/nearest.js';
import { type InsightOptions, openInsight } from '../../pipeline/run-insight.js';
import type { Given, Session } from '../session.js';
import { flagOf, renderInsight, renderInsightList } from '../terminal/render-insight.js';
import { sayInWords } from '../terminal/say-number.js';
import { wholeNumber } from '../whole-number.js';

/** More rows than these are for a file, not for a screen. */
const SHOWN_ROWS = 100;

/** `pamoja insights`: lists the insights, or asks one and prints the answer. */
export async function insights(session: Session, { args, flags }: Given): Promise<number> {
  session.interruption.stopped = 'Stopped.';
  const project = await session.project();
  const [name, ...words] = args;
  if (name === undefined) {
    list(session, listInsights(project.root, session.progress.log));
    return EXIT.ok;
  }
  if (name.startsWith('-')) throw unknownOption(name, []);
  if (flags.csv === true && session.json) {
    throw new PamojaError('PAM-CLI-001', 'It is either --csv or --json.', { next: 'Take one away.' });
  }
  const insight = findInsight(project.root, name);
  const timeoutSeconds = wholeNumber(flags.timeout, '--timeout', 1);
  const options: InsightOptions = {
    env: session.env,
    log: session.progress.log,
    parameters: parametersIn(insight, words),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
  await openInsight(project, insight.name, options, async (answer) => {
    session.progress.end();
    if (session.json) await printJson(session, answer);
    else if (flags.csv === true) await printCsv(session, answer, flags.exact !== true);
    else await printTable(session, answer);
  });
  return EXIT.ok;
}

function list(session: Session, found: readonly Insight[]): void {
  const { out, progress, typed } = session;
  progress.end();
  if (session.json) {
    const shown = found.map(({ text: _, ...insight }) => insight);
    out.line(JSON.stringify({ insights: shown }, null, 2));
    return;
  }
  const asking = found.filter((each) => each.parameters.some((one) => one.default !== null));
  const example = asking.find((each) => each.name === 'products-by-price') ?? asking[0] ?? found[0];
  const parameter = example?.parameters.find((one) => one.default !== null);
  const flag = parameter === undefined ? '' : ` ${flagOf(parameter.name)} ${parameter.default}`;
  const finding = `${sayInWords(found.length, 'question')} to ask the database.`;
  for (const line of [
    '',
    out.paint.finding(finding),
    '',
    ...renderInsightList(found, out),
    '',
    `Ask one: ${out.paint.command(typed(`insights ${example?.name ?? ''}${flag}`))}`,
    '',
  ])
    out.line(line);
}

/** `--min-price 100` and `--min-price=100` as values by name. Errors: PAM-CLI-001 for one that there is not. */
function parametersIn(insight: Insight, words: readonly string[]): Record<string, string> {
  const given: Record<string, string> = {};
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as string;
    const [flag = '', ...rest] = word.split('=');
    const parameter = insight.parameters.find(({ name }) => flagOf(name) === flag || `--${name}` === flag);
    if (parameter === undefined)
      throw unknownOption(
        word,
        insight.parameters.map(({ name }) => name),
        insight,
      );
    if (rest.length > 0) given[parameter.name] = rest.join('=');
    else {
      const value = words[i + 1];
      if (value === undefined || value.startsWith('--')) {
        throw new PamojaError('PAM-CLI-001', `${flag} needs a value.`, { where: insight.name });
      }
      given[parameter.name] = value;
      i += 1;
    }
  }
  return given;
}

const OPTIONS = [
  '--csv',
  '--exact',
  '--timeout',
  '--json',
  '--config',
  '--quiet',
  '--verbose',
  '--no-color',
  '--help',
];

function unknownOption(word: string, names: readonly string[], insight?: Insight): PamojaError {
  const [flag = ''] = word.split('=');
  const flags = names.map(flagOf);
  const takes = flags.length === 0 ? 'It takes none.' : `It takes: ${flags.join(', ')}.`;
  const known = insight === undefined ? '' : takes;
  const close = nearest(flag, [...flags, ...OPTIONS]);
  const message = flag.startsWith('-')
    ? `There is no option ${flag}${insight === undefined ? '' : ` of "${insight.name}"`}.`
    : `"${word}" is one word too many.`;
  return new PamojaError('PAM-CLI-001', message, {
    next: close === undefined ? known || 'See: pamoja insights --help' : `Did you mean ${close}?`,
  });
}

async function printTable({ out }: Session, answer: OpenInsight): Promise<void> {
  const rows: InsightRow[] = [];
  let total = 0;
  for await (const batch of answer.batches()) {
    if (rows.length < SHOWN_ROWS) rows.push(...batch.slice(0, SHOWN_ROWS - rows.length));
    total += batch.length;
  }
  for (const line of renderInsight({ ...answer, rows, total }, out)) out.line(line);
}

async function printCsv({ out }: Session, { columns, batches }: OpenInsight, safe: boolean): Promise<void> {
  out.write(csvHeader(columns, { safe }));
  for await (const batch of batches()) {
    out.write(batch.map((row) => csvLine(columns, row, { safe })).join(''));
    if (!(await out.drained())) return;
  }
}

/** One JSON object, its rows written as they come. */
async function printJson({ out }: Session, answer: OpenInsight): Promise<void> {
  const { insight, parameters, columns, batches } = answer;
  const { name, title } = insight;
  const head = JSON.stringify({ insight: name, title, parameters, columns }, null, 2);
  out.write(`${head.slice(0, head.lastIndexOf('\n'))},\n  "rows": [`);
  let first = true;
  for await (const batch of batches()) {
    for (const row of batch) {
      const values = columns.map((column, i) => jsonValue(column, row[i] ?? null));
      out.write(`${first ? '' : ','}\n    ${JSON.stringify(values)}`);
      first = false;
    }
    if (!(await out.drained())) return;
  }
  out.line(first ? ']\n}' : '\n  ]\n}');
}
