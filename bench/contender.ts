import type { Sizes } from './make-data.js';

/** What a contender works with. */
export interface Task {
  /** The database, empty, of its own. */
  url: string;
  /** The dirty files with their configuration, as Pamoja reads them. */
  dirty: string;
  /** The same rows, clean, with ids: `customers.csv`, `products.csv`, `orders.csv`, `order_items.csv`, with a header. */
  clean: string;
  sizes: Sizes;
}

/** A way to bring the data into PostgreSQL. Each one is a process of its own, measured from start to end. */
export interface Contender {
  name: string;
  /** What it does, in one line of the table. */
  does: string;
  /** Why it cannot run here; undefined where it can. */
  missing(): string | undefined;
  /** The program, its arguments, and what is written to its standard input. */
  command(task: Task): { program: string; args: string[]; input?: string; env?: Record<string, string> };
  /** The schema that it loads into. */
  schema: string;
  /** Makes floating point of amounts, so that its sums are not exact: they must be right to nine digits. */
  inexact?: true;
}
