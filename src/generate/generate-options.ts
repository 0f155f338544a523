import { PamojaError } from '../kernel/errors.js';
import type { Log } from '../kernel/log.js';
import { CUSTOMER_FAULTS, ORDER_FAULTS, PRODUCT_FAULTS } from './faults.js';

export interface GenerateOptions {
  /** Folder that gets the files; made if absent. */
  dir: string;
  /** Customers there are in truth, however many systems know them; 2,000 unless told. */
  customers?: number;
  /** Products there are in truth; as many as customers unless told. */
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
  /** Share of the sales over the counter whose customer nobody wrote down, 0 to 0.9; 0 unless told. */
  walkIns?: number;
  /** Share of the orders that bring goods back which were bought before, 0 to 0.3; 0 unless told. */
  returns?: number;
  /** What the CRM exports; `csv` unless told, since a sheet holds 1,048,576 rows at the most. */
  crm?: 'csv' | 'xlsx';
  /** Whether the configuration asks the API that `serveBusiness` gives for the web shop's products; false unless told. */
  api?: boolean;
  /** Whether a `pamoja.config.yaml` is written where there is none; true unless told. */
  config?: boolean;
  threads?: number;
  /** DuckDB's memory limit in MB; 800 unless told. */
  memoryMb?: number;
  log?: Log;
  /** Stops it: then it throws PAM-RUN-001, and the files are not complete. */
  signal?: AbortSignal;
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
  walkIns: number;
  returns: number;
  crm: 'csv' | 'xlsx';
  api: boolean;
  /** Records made only to be refused, beside the true ones. */
  refused: { customers: number; products: number; orders: number };
}

const LEAST = 10;
/** What fits on a sheet beside its titles, and the records that the CRM holds twice. */
const MOST_ON_A_SHEET = 1_000_000;
const MOST = { customers: 50_000_000, products: 10_000_000, orders: 200_000_000, items: 1_000_000_000 };

/** Fills in defaults. Errors: PAM-GEN-001 where a number makes no sense. */
export function planGeneration(options: GenerateOptions): Plan {
  const customers = whole('customers', options.customers ?? 2000, LEAST, MOST.customers);
  const products = whole(
    'products',
    options.products ?? Math.min(customers, MOST.products),
    LEAST,
    MOST.products,
  );
  const orders = whole('orders', options.orders ?? customers, LEAST, MOST.orders);
  const itemsPerOrder = options.itemsPerOrder ?? 1;
  if (!(itemsPerOrder >= 1 && itemsPerOrder <= 100)) {
    throw refusal(`itemsPerOrder is ${itemsPerOrder}; an order has 1 to 100 lines on average.`);
  }
  const items = whole('items', Math.round(orders * itemsPerOrder), LEAST, MOST.items);
  if (options.threads !== undefined) whole('threads', options.threads, 1, 256);
  if (options.memoryMb !== undefined) whole('memoryMb', options.memoryMb, 256, Number.MAX_SAFE_INTEGER);
  const dirt = share('dirt', options.dirt ?? 0.02, 0.5);
  const crm = options.crm ?? 'csv';
  if (crm !== 'csv' && crm !== 'xlsx') throw refusal(`crm is "${crm}"; it is csv or xlsx.`);
  if (crm === 'xlsx' && customers > MOST_ON_A_SHEET) {
    throw refusal(
      `${customers} customers do not fit on a sheet of Excel, which holds 1048576 rows.`,
      'Let the CRM export CSV: --crm csv',
    );
  }
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
    walkIns: share('walkIns', options.walkIns ?? 0, 0.9),
    returns: share('returns', options.returns ?? 0, 0.3),
    crm,
    api: options.api ?? false,
    refused: {
      customers: refusedOf(customers, dirt, CUSTOMER_FAULTS.length),
      products: refusedOf(products, dirt, PRODUCT_FAULTS.length),
      orders: refusedOf(orders, dirt, ORDER_FAULTS.length),
    },
  };
}

/** About a third of the dirt are records to refuse; where there is any dirt, each kind of fault occurs. */
function refusedOf(clean: number, dirt: number, kinds: number): number {
  return dirt === 0 ? 0 : Math.max(kinds, Math.round((clean * dirt) / 3));
}

function share(name: string, value: number, most: number): number {
  if (typeof value === 'number' && value >= 0 && value <= most) return value;
  throw refusal(`${name} is ${value}; it is a share from 0 to ${most}.`);
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

function refusal(message: string, next = 'See: pamoja generate --help'): PamojaError {
  return new PamojaError('PAM-GEN-001', message, { next });
}
