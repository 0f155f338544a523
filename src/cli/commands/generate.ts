import { relative, resolve } from 'node:path';
import { generate as makeBusiness } from '../../generate/generate.js';
import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import type { Given, Session } from '../session.js';
import { alignTable } from '../terminal/align-table.js';
import { sayCount, sayMany } from '../terminal/say-number.js';
import { wholeNumber } from '../whole-number.js';

/** `pamoja generate`: makes the files of an invented business into a folder. */
export async function generate(session: Session, { args, flags }: Given): Promise<number> {
  const { out, progress } = session;
  const dir = resolve(session.cwd, args[0] ?? '.');
  session.interruption.stopped = 'Stopped. The files are not complete; the same command makes them anew.';
  const asked = {
    customers: wholeNumber(flags.customers, '--customers'),
    products: wholeNumber(flags.products, '--products'),
    orders: wholeNumber(flags.orders, '--orders'),
    itemsPerOrder: average(flags.items),
    seed: wholeNumber(flags.seed, '--seed'),
  };
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const made = await makeBusiness({ dir, ...given, log: progress.log });
  progress.end();
  if (session.json) {
    const { dir: folder, files, config, truth } = made;
    out.line(
      JSON.stringify({ dir: folder, files, config, golden: truth.golden, seed: truth.plan.seed }, null, 2),
    );
  } else if (!session.quiet) {
    const { paint } = out;
    const shown = relative(session.cwd, dir) || '.';
    const records = (file: string) =>
      truthOf(file)
        .map((line) => sayMany(line.read, line.entity.replaceAll('_', ' ').replace(/s$/, '')))
        .join(', ');
    const truthOf = (file: string) => made.truth.ledger.filter((line) => line.file === file);
    const { customers = 0, products = 0, orders = 0, order_items: items = 0 } = made.truth.golden;
    const lines = [
      '',
      paint.finding(
        `A business in ${sayMany(made.files.length, 'file')}, made up from seed ${made.truth.plan.seed}.`,
      ),
      '',
      ...alignTable(
        [{ title: 'file' }, { title: 'holds' }],
        made.files.map((file) => [file, records(file)]),
        { width: out.width, paintTitle: paint.soft },
      ),
      '',
      `In truth there are ${sayCount(customers)} customers, ${sayCount(products)} products, ${sayCount(orders)} orders and ${sayCount(items)} lines: see truth.json.`,
      `Bring them together with: ${paint.command(shown === '.' ? 'pamoja run' : `pamoja run --config ${shown}`)}`,
      '',
    ];
    for (const line of lines) out.line(line);
  }
  return EXIT.ok;
}

function average(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+(\.\d+)?$/.test(String(value)) ? Number(value) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new PamojaError('PAM-CLI-001', `--items is ${String(value)}; it is a number such as 2.5.`, {
    next: 'See: pamoja generate --help',
  });
}
