import { PamojaError } from '../kernel/errors.js';
import type { Log } from '../kernel/log.js';

export interface GenerateOptions {
  /** Folder that gets the files; made if absent. */
  dir: string;
  /** Customers there are in truth, however many systems know them; 2,000 unless told. */
  customers?: number;
  /** Products there are in truth; 2,000 unless told. */
  products?: number;
  /** As many as customers unless told. */
  orders?: number;
  /** Lines an order has on average, 1 or more; 1 unless told. The number of lines is exactly orders × this, rounded. */
  itemsPerOrder?: number;
  /** The same seed gives the same bytes; 1 unless told. */
  seed?: number;
  /** Last day of the business's data, `2026-10-31` unless told. Orders lie in the 24 months up to it. */
  until?: string;
  /** Share of bad and repeated records that come on top of the good ones, 0 to 0.5; 0.02 unless told. */
  dirt?: number;
  /** Whether a `pamoja.config.yaml` is written where there is none; true unless told. */
  config?: boolean;
  threads?: number;
  /** DuckDB's memory limit in MB; 1,024 unless told. */
  memoryMb?: number;
  log?: Log;
}

/** What will be made, in numbers. */
export interface Plan {
  customers: number;
  products: number;
  orders: number;
  items: number;
  seed: number;
  until: string;
  dirt: number;
  /** Records made only to be refused, beside the true ones. */
  refused: { customers: number; products: number; orders: number };
}

const LEAST = 10;
const MOST = { customers: 50_000_000, products: 10_000_000, orders: 200_000_000, items: 1_000_000_000 };

/** Fills in defaults. Errors: PAM-GEN-001 where a number makes no sense. */
export function planGeneration(options: GenerateOptions): Plan {
  const customers = whole('customers', options.customers ?? 2000, LEAST, MOST.customers);
  const products = whole('products', options.products ?? 2000, LEAST, MOST.products);
  const orders = whole('orders', options.orders ?? customers, LEAST, MOST.orders);
  const itemsPerOrder = options.itemsPerOrder ?? 1;
  if (!(itemsPerOrder >= 1 && itemsPerOrder <= 100)) {
    throw refusal(`itemsPerOrder is ${itemsPerOrder}; an order has 1 to 100 lines on average.`);
  }
  const items = whole('items', Math.round(orders * itemsPerOrder), LEAST, MOST.items);
  const dirt = options.dirt ?? 0.02;
  if (!(dirt >= 0 && dirt <= 0.5)) throw refusal(`dirt is ${dirt}; it is a share from 0 to 0.5.`);
  const until = options.until ?? '2026-10-31';
  if (!isDay(until)) throw refusal(`until is "${until}"; it is a day such as 2026-10-31, from 2000 to 2100.`);
  return {
    customers,
    products,
    orders,
    items,
    seed: whole('seed', options.seed ?? 1, 0, Number.MAX_SAFE_INTEGER),
    until,
    dirt,
    refused: {
      customers: refusedOf(customers, dirt),
      products: refusedOf(products, dirt),
      orders: refusedOf(orders, dirt),
    },
  };
}

/** About a third of the dirt are records to refuse; where there is any dirt, each kind of fault occurs. */
function refusedOf(clean: number, dirt: number): number {
  return dirt === 0 ? 0 : Math.max(5, Math.round((clean * dirt) / 3));
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw refusal(`${name} is ${value}; it is a whole number from ${least} to ${most}.`);
}

function isDay(text: string): boolean {
  if (!/^20\d\d-\d\d-\d\d$|^2100-\d\d-\d\d$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function refusal(message: string): PamojaError {
  return new PamojaError('PAM-GEN-001', message, { next: 'See: pamoja generate --help' });
}
