import { relative, resolve } from 'node:path';
import {
  type GenerateOptions,
  type GenerateResult,
  generate as makeBusiness,
} from '../../generate/generate.js';
import { isGenerated, serveBusiness } from '../../generate/serve-business.js';
import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import type { Given, Session } from '../session.js';
import { alignTable } from '../terminal/align-table.js';
import { sayCount, sayMany, sayName, sayOne } from '../terminal/say-number.js';
import { wholeNumber } from '../whole-number.js';

/** `pamoja generate`: makes the files of an invented business into a folder, and serves its API where asked to. */
export async function generate(session: Session, { args, flags }: Given): Promise<number> {
  const dir = resolve(session.cwd, args[0] ?? '.');
  const asked = options(flags);
  const serve = flags.serve === true;
  const port = wholeNumber(flags.port, '--port');
  if (port !== undefined && !serve) throw refusal('--port goes with --serve.');
  if (port !== undefined && port > 65_535) throw refusal(`--port is ${port}; it is a number up to 65535.`);
  if (!serve || Object.keys(asked).length > 0 || !isGenerated(dir)) {
    session.interruption.stopped = 'Stopped. The files are not complete; the same command makes them anew.';
    const made = await makeBusiness({ dir, ...asked, api: serve, log: session.progress.log });
    session.progress.end();
    if (!session.json) for (const line of summary(session, made, serve)) say(session, line);
    else if (!serve) session.out.line(asJson(made));
  }
  return serve ? await serveUntilStopped(session, dir, port) : EXIT.ok;
}

function options(flags: Given['flags']): Omit<GenerateOptions, 'dir'> {
  const all = {
    customers: wholeNumber(flags.customers, '--customers'),
    products: wholeNumber(flags.products, '--products'),
    orders: wholeNumber(flags.orders, '--orders'),
    itemsPerOrder: decimal(flags.items, '--items', '2.5'),
    seed: wholeNumber(flags.seed, '--seed'),
    dirt: decimal(flags.dirt, '--dirt', '0.05'),
    walkIns: decimal(flags.walkIns, '--walk-ins', '0.2'),
    returns: decimal(flags.returns, '--returns', '0.03'),
    crm: crmFormat(flags.crm),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Serves until somebody stops the process. */
async function serveUntilStopped(session: Session, dir: string, port: number | undefined): Promise<number> {
  const { out, json } = session;
  const { paint } = out;
  session.interruption.stopped = 'Stopped serving.';
  const served = await serveBusiness(dir, port === undefined ? {} : { port });
  if (json) out.line(JSON.stringify({ dir, url: served.url, port: served.port, products: served.total }));
  else {
    const lines = [
      paint.finding(`Serving ${sayMany(served.total, 'product')} of the web shop at ${served.url}`),
      ...(served.configured ? [] : unconfigured(served.url)),
      '',
      `In another terminal: ${paint.command(runOf(session, dir))}`,
      `Here, ${paint.command('Ctrl-C')} stops it.`,
      '',
    ];
    for (const line of lines) say(session, line);
  }
  return new Promise(() => {});
}

function unconfigured(url: string): string[] {
  return [
    '',
    'The configuration here was changed, so it stays as it is. To ask the API, say of shop_products:',
    `  type: rest`,
    `  url: ${url}`,
    `  allowPrivate: true`,
  ];
}

function summary(session: Session, made: GenerateResult, serve: boolean): string[] {
  const { paint, width } = session.out;
  const { truth, files, dir } = made;
  const records = (file: string) =>
    truth.ledger
      .filter((line) => line.file === file)
      .map((line) => sayMany(line.read, sayOne(line.entity), sayName(line.entity)))
      .join(', ');
  const { customers = 0, products = 0, orders = 0, order_items: items = 0 } = truth.golden;
  return [
    '',
    paint.finding(`A business in ${sayMany(files.length, 'file')}, made up from seed ${truth.plan.seed}.`),
    '',
    ...alignTable(
      [{ title: 'file' }, { title: 'holds' }],
      files.map((file) => [file, records(file)]),
      { width, paintTitle: paint.soft },
    ),
    '',
    `In truth there are ${sayCount(customers)} customers, ${sayCount(products)} products, ${sayCount(orders)} orders and ${sayCount(items)} lines: see truth.json.`,
    ...(serve ? [] : [`Bring them together with: ${paint.command(runOf(session, dir))}`]),
    '',
  ];
}

function asJson({ dir, files, config, truth }: GenerateResult): string {
  return JSON.stringify({ dir, files, config, golden: truth.golden, seed: truth.plan.seed }, null, 2);
}

function runOf({ cwd }: Session, dir: string): string {
  const shown = relative(cwd, dir) || '.';
  return shown === '.' ? 'pamoja run' : `pamoja run --config ${shown}`;
}

function say({ out, quiet }: Session, line: string): void {
  if (!quiet) out.line(line);
}

function decimal(value: unknown, name: string, such: string): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+(\.\d+)?$/.test(String(value)) ? Number(value) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw refusal(`${name} is ${String(value)}; it is a number such as ${such}.`);
}

function crmFormat(value: unknown): 'csv' | 'xlsx' | undefined {
  if (value === undefined || value === 'csv' || value === 'xlsx') return value;
  throw refusal(`--crm is ${String(value)}; it is csv or xlsx.`);
}

function refusal(message: string): PamojaError {
  return new PamojaError('PAM-CLI-001', message, { next: 'See: pamoja generate --help' });
}
