import { addDecimals } from '../../kernel/add-decimals.js';
import { headlineOf } from '../headline.js';
import { type Html, html } from '../html.js';
import type { ReportData } from '../report-data.js';
import {
  sayCount,
  sayCurrency,
  sayExact,
  sayList,
  sayMany,
  sayName,
  sayOne,
  sayShort,
} from '../say-number.js';
import { sayMoment } from '../say-time.js';

/** Three lines that become one. */
const MARK = html`<svg viewBox="0 0 32 24" aria-hidden="true"><g fill="none" stroke-width="3.2" stroke-linecap="round"><path d="M2 4C13 4 16 12 30 12" stroke="var(--clay)"/><path d="M2 20C13 20 16 12 30 12" stroke="var(--acacia)"/><path d="M2 12H30" stroke="var(--sun)"/></g></svg>`;

const TICK = html`<svg viewBox="0 0 14 14" aria-hidden="true"><path d="M2 7.5L5.5 11L12 3.5" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
const CROSS = html`<svg viewBox="0 0 14 14" aria-hidden="true"><path d="M3 3L11 11M11 3L3 11" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/></svg>`;

/** The finding, the result in a sentence, and the key figures. */
export function showHead(data: ReportData): Html {
  const { run, project, timezone } = data;
  const { title, lead, next, badge } = headlineOf(data);
  const earlier = run.latest ? '' : ' · an earlier run';
  return html`<header>
<p class="mark">${MARK}<span><b>${project}</b> · integration report · ${sayMoment(run.finishedAt, timezone)} · run ${sayCount(run.number)}${earlier}</span></p>
<h1${title.length > 64 ? html` class="long"` : null}>${title}</h1>
<p class="lead">${lead}</p>
<p class="badge${badge.good ? '' : ' bad'}">${badge.good ? TICK : CROSS}${badge.text}</p>
${next === null ? null : html`<p class="next"><b>What to do</b>${next}</p>`}
${showFigures(data)}
</header>
`;
}

export interface KeyFigure {
  /** A currency. */
  unit: string;
  value: string;
  means: string;
}

const MOST_FIGURES = 8;

/** What a reader wants to take along: rows of each table, and the money in them. */
export function keyFigures(data: ReportData): KeyFigure[] {
  const { tables, flows, run } = data;
  if (run.outcome === 'failed') return [];
  const rows = tables.flatMap(({ name, outcome }) => {
    if (outcome === null || (outcome.total === 0 && !flows.some((flow) => flow.entity === name))) return [];
    const merged = flows.filter((flow) => flow.entity === name).reduce((sum, flow) => sum + flow.merged, 0);
    const also = merged > 0 ? ` · ${sayCount(merged)} merged` : '';
    return [
      {
        unit: '',
        value: sayCount(outcome.total),
        means: `${outcome.total === 1 ? sayOne(name) : sayName(name)}${also}`,
      },
    ];
  });
  return foldFigures(rows, moneyFigures(data));
}

/** Keeps to what is read at a glance; the last figure says how many more there are, so that none is missed unsaid. */
export function foldFigures(rows: readonly KeyFigure[], money: readonly KeyFigure[]): KeyFigure[] {
  if (rows.length + money.length <= MOST_FIGURES) return [...rows, ...money];
  const room = MOST_FIGURES - 1;
  const sums = Math.min(money.length, Math.max(1, room - rows.length));
  const tables = Math.min(rows.length, room - sums);
  const [below, sumsBelow] = [rows.length - tables, money.length - sums];
  // One kind needs no second number.
  const means =
    sumsBelow === 0
      ? 'tables'
      : below === 0
        ? 'currencies'
        : sayList([sayMany(below, 'table'), sayMany(sumsBelow, 'currency', 'currencies')]);
  const rest = { unit: '', value: `+ ${sayCount(below + sumsBelow)}`, means: `${means}, further down` };
  return [...rows.slice(0, tables), ...money.slice(0, sums), rest];
}

/** What the database holds of the first measure; of an earlier run only what its files gave is known. */
function moneyFigures({ amounts, held }: ReportData): KeyFigure[] {
  const [first] = amounts;
  const ofFirst = <T extends { entity: string; measure: string }>(all: readonly T[]) =>
    all.filter((each) => each.entity === first?.entity && each.measure === first.measure);
  const told = ofFirst(amounts);
  const there = ofFirst(held);
  const sums = there.length > 0 ? there : told.map(({ accepted, ...each }) => ({ ...each, sum: accepted }));
  const asked = new Set(told.filter(({ reconciled }) => reconciled).map(({ source }) => source));
  // PostgreSQL gives groups in any order.
  const currencies = [...new Set(sums.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const own = sums.filter((each) => each.currency === currency);
    const total = addDecimals(...own.map(({ sum }) => sum));
    const reconciled = own.every(({ source }) => asked.has(source)) ? ' · reconciled' : '';
    return {
      unit: sayCurrency(currency),
      value: Math.abs(Number(total)) >= 1e5 ? sayShort(Number(total)) : sayExact(total),
      means: `${sayName(first?.measure ?? '')}${reconciled}`,
    };
  });
}

function showFigures(data: ReportData): Html | null {
  const figures = keyFigures(data);
  if (figures.length === 0) return null;
  return html`<ul class="figures">
${figures.map(({ unit, value, means }) => html`<li><b>${unit === '' ? null : html`<small>${unit}</small>`}${value}</b><span>${means}</span></li>\n`)}</ul>
`;
}
