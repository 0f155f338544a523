/** A name as SQL has it, plain or quoted, with or without its schema. */
const NAME = '((?:\\w+|"(?:[^"]|"")*")(?:\\.(?:\\w+|"(?:[^"]|"")*"))*)';
const ONE = new RegExp(`^${NAME}$`);
const MADE = new RegExp(`^CREATE (?:OR REPLACE )?(?:TEMP )?(TABLE|VIEW) (IF NOT EXISTS )?${NAME}\\s`);
const GROWN = new RegExp(`^INSERT INTO ${NAME}\\s`);
const SHRUNK = new RegExp(`^DELETE FROM ${NAME}(?:\\s|$)`);
const DROPPED = new RegExp(`^DROP (?:TABLE|VIEW) (?:IF EXISTS )?${NAME}$`);
/** What leaves every table as long as it was. */
const READING = /^(?:SELECT|FROM|COPY|SET|UPDATE|BEGIN|COMMIT|ATTACH|ALTER TABLE \S+ ADD COLUMN)\b/;
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;

/**
 * What is known of the tables of a database that was empty at first, from the statements that made and filled them: to
 * plan the question takes DuckDB a millisecond, and a run of three records would ask it a hundred times. After a
 * statement that is not understood no size is known.
 */
export class KnownTables {
  private readonly kinds = new Map<string, 'table' | 'view'>();
  private readonly sizes = new Map<string, number>();
  private heeded = 0;

  /** Heeds a statement that was run. `rows` is the number of rows that it made, brought or took away. */
  heed(statement: string, rows: number): void {
    const text = statement.trimStart();
    if (READING.test(text)) return;
    this.heeded += 1;
    const [, kind, unlessThere, made] = MADE.exec(text) ?? [];
    const stayed = unlessThere !== undefined && this.kindOf(made ?? '') !== undefined;
    if (made !== undefined && !stayed) this.kinds.set(plain(made), kind === 'VIEW' ? 'view' : 'table');
    const [grown, shrunk, dropped] = [GROWN, SHRUNK, DROPPED].map((each) => each.exec(text)?.[1]);
    if (isSeveral(text)) this.sizes.clear();
    else if (stayed) return;
    else if (made !== undefined) this.heedMade(plain(made), rows);
    else if (grown !== undefined) this.change(plain(grown), rows);
    else if (shrunk !== undefined) this.change(plain(shrunk), -rows);
    else if (dropped !== undefined) this.heedDropped(plain(dropped));
    else this.sizes.clear();
  }

  /** What of that name was made, and not dropped since. */
  kindOf(name: string): 'table' | 'view' | undefined {
    return this.kinds.get(plain(name));
  }

  /** How many rows a table has, where that is known. */
  sizeOf(name: string): number | undefined {
    return this.sizes.get(plain(name));
  }

  /** Another number whenever a size may be another. */
  get age(): number {
    return this.heeded;
  }

  /** Notes a size that was asked for at that age. */
  note(name: string, size: number, age: number): void {
    const known = plain(name);
    if (age === this.heeded && ONE.test(known) && this.kindOf(known) !== 'view') this.sizes.set(known, size);
  }

  /** As after a statement that failed. */
  forgetSizes(): void {
    this.heeded += 1;
    this.sizes.clear();
  }

  /** A view changes with what it shows: its size is never known. */
  private heedMade(name: string, rows: number): void {
    if (this.kindOf(name) === 'view') this.sizes.delete(name);
    else this.sizes.set(name, rows);
  }

  private heedDropped(name: string): void {
    this.kinds.delete(name);
    this.sizes.delete(name);
  }

  private change(name: string, by: number): void {
    const size = this.sizes.get(name);
    if (size !== undefined) this.sizes.set(name, size + by);
  }
}

/** Of several statements in one text the first says nothing of the others. */
const isSeveral = (text: string) => text.includes(';') && text.replaceAll(QUOTED, '').includes(';');

/** One spelling of a name: DuckDB takes `"edges"`, `edges` and `EDGES` for the same. */
const plain = (name: string) => name.replaceAll(/"(\w+)"/g, '$1').toLowerCase();
