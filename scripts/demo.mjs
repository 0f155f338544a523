// npm run demo: a Kenyan retail business in five systems, integrated, held against the truth, and reported.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, root } from './install.mjs';

install();
build();
const begun = Date.now();
const demo = join(root, 'demo');
mkdirSync(demo, { recursive: true });
const { checkTruth, generate, readProject, serveBusiness } = await import('../dist/index.js');
const { renderError } = await import('../dist/cli/terminal/render-error.js');
const { alignTable } = await import('../dist/cli/terminal/align-table.js');
const { makePaint, wantsColour } = await import('../dist/cli/terminal/paint.js');
const { sayCount, sayMany, saySeconds } = await import('../dist/cli/terminal/say-number.js');
const paint = makePaint(wantsColour(process.stdout, process.env, false));
const say = (...lines) => process.stdout.write(`${lines.join('\n')}\n`);

function leave(error) {
  for (const line of renderError(error, { width: 100, paint }, false)) console.error(line);
  process.exit(1);
}

/** Runs the command line as a person would; the API in this process keeps answering meanwhile. */
function pamoja(...args) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'bin', 'pamoja.mjs'), ...args], {
      cwd: demo,
      stdio: 'inherit',
    });
    child.on('error', fail);
    child.on('exit', (code, signal) => done(signal === null ? code : 1));
  });
}

const made = await generate({ dir: demo, crm: 'xlsx', api: true }).catch(leave);
const api = await serveBusiness(demo).catch(leave);
const records = (source, entity) =>
  made.truth.ledger.find((line) => line.source === source && line.entity === entity)?.read ?? 0;
const systems = [
  ['a CRM', 'Excel', 'crm/customers.xlsx', `${sayCount(records('crm', 'customers'))} customers`],
  ['a catalogue', 'CSV', 'catalogue/products.csv', `${sayCount(records('catalogue', 'products'))} products`],
  [
    'six tills',
    'CSV',
    'pos/orders.csv, pos/order_items.csv',
    `${sayCount(records('pos_orders', 'orders'))} receipts`,
  ],
  [
    'a web shop',
    'NDJSON',
    'shop/customers.ndjson, shop/orders.ndjson',
    `${sayCount(records('shop_customers', 'customers'))} customers, ${sayCount(records('shop_orders', 'orders'))} orders`,
  ],
  ['its API', 'REST', api.url, `${sayCount(api.total)} products`],
];
const seen = (entity) =>
  made.truth.ledger.filter((line) => line.entity === entity).reduce((sum, line) => sum + line.read, 0);
const toRefuse = made.truth.ledger.reduce((sum, line) => sum + line.rejected, 0);
say(
  '',
  paint.finding('A retailer with customers in all 47 counties of Kenya keeps its data in these systems:'),
  '',
  ...alignTable(
    [{ title: '' }, { title: '' }, { title: '' }, { title: '' }],
    systems.map(([system, kind, where, holds]) => [
      system,
      { text: kind, paint: paint.soft },
      { text: where, paint: paint.soft },
      holds,
    ]),
    { width: 400 },
  ),
  '',
  `Between them they tell of ${sayCount(seen('customers'))} customers. In truth there are ${sayCount(made.truth.golden.customers)}:`,
  'the same people with other phone formats, capitals, a second e-mail address. Some records',
  `are torn, doubled, dated 31 February. The API stumbles twice. ${sayCount(toRefuse)} records must not get in.`,
  '',
  `${paint.soft('$')} ${paint.command('pamoja run')}`,
);

const code = await pamoja('run', ...process.argv.slice(2)).finally(() => api.close());
if (code !== 0) process.exit(code);
const dryRun = process.argv.includes('--dry-run');
if (dryRun) process.exit(0);
const { checks, same, rejects } = await checkTruth(await readProject(demo)).catch(leave);
await pamoja('report', '--quiet');

const failed = checks.filter((check) => !check.passed);
const mark = (passed) => (passed ? { text: 'yes', paint: paint.good } : { text: 'NO', paint: paint.bad });
const passes = (...names) =>
  names.every((name) => checks.find((check) => check.name === `truth: ${name}`)?.passed);
const amount = made.truth.sold.amount.replace(/\B(?=(\d{3})+\.)/g, ',');
const rows = [
  ...Object.entries(made.truth.golden).map(([entity, rows]) => [
    `exactly ${sayCount(rows)} ${entity.replaceAll('_', ' ')}`,
    mark(passes(`rows of ${entity}`)),
    `${sayCount(seen(entity))} records read`,
  ]),
  ...same.map(({ entity, pairs, missed, wrong }) => [
    `${entity} that several records tell of`,
    mark(missed + wrong === 0),
    `${sayCount(pairs - missed)} of ${sayCount(pairs)} pairs joined, ${sayCount(wrong)} joined wrongly`,
  ]),
  [
    'records that must be refused',
    mark(passes('rejects')),
    `${sayCount(rejects.expected - rejects.missing)} of ${sayCount(rejects.expected)}, each for the right reason, ${sayCount(rejects.unexpected)} too many`,
  ],
  [
    'values that must be left out',
    mark(passes('findings')),
    'masked phones, impossible birthdays, broken e-mails',
  ],
  [
    'every shilling',
    mark(passes('orders.total_amount', 'order_items.subtotal', 'sales less returns')),
    `KES ${amount} sold`,
  ],
];
say(
  paint.finding(
    failed.length === 0
      ? 'And it is right. The generator wrote down the truth beforehand, and the database holds it:'
      : `${sayMany(failed.length, 'thing')} in the database ${failed.length === 1 ? 'is' : 'are'} not as in the truth.`,
  ),
  '',
  ...alignTable([{ title: '' }, { title: '' }, { title: '' }], rows, { width: 400 }),
  ...failed.map((check) => `  ${paint.bad(check.name)} ${check.detail}`),
  '',
  paint.finding('Look inside:'),
  '',
  ...alignTable(
    [{ title: '' }, { title: '' }],
    [
      ...(existsSync(join(demo, 'report.html'))
        ? [['demo/report.html', 'the report of this run: open it in your browser']]
        : []),
      ['cd demo', 'and then:'],
      ['npx pamoja rejects', 'what was refused, and why'],
      ['npx pamoja insights', 'questions a shop owner asks, answered'],
      ['npx pamoja trace customers 1', 'where every value of a customer comes from'],
      ['npx pamoja db psql', 'your own SQL'],
      ['npx pamoja generate --serve', 'starts the API again, so that pamoja run and check work here'],
    ].map(([typed, does]) => [{ text: typed, paint: paint.command }, does]),
    { width: 400 },
  ),
  '',
  `${saySeconds((Date.now() - begun) / 1000)} in all. Run ${paint.command('npm run demo')} again: nothing changes, and it says so.`,
  '',
);
process.exit(failed.length === 0 ? 0 : 7);
