import { createHash } from 'node:crypto';
import { ident, joined, literal, literals, raw, type Sql, sql } from '../kernel/sql.js';
import { type Entity, fieldOf, postgresType, recordFields, references } from './entity.js';
import { recordsTable } from './tables.js';

/** What is said of the id of every table that we make. */
export const ID_COMMENT = 'Stable from run to run, never given twice';

/** A bare table: columns and comments. Keys come after the load, which is several times faster. */
export function createTable(schema: string, entity: Entity): Sql[] {
  const table = ident(schema, entity.name);
  const columns = entity.fields.map((field) => {
    const now = field.firstSeen ? sql` DEFAULT (now() AT TIME ZONE 'UTC')` : sql``;
    return sql`${ident(field.name)} ${raw(postgresType(field.type))}${now}`;
  });
  return [
    sql`CREATE TABLE ${table} (${ident(entity.id)} bigint NOT NULL, ${joined(columns)})`,
    sql`COMMENT ON TABLE ${table} IS ${literal(entity.description)}`,
    sql`COMMENT ON COLUMN ${ident(schema, entity.name, entity.id)} IS ${literal(ID_COMMENT)}`,
    ...entity.fields
      .filter((field) => field.description !== '')
      .map(
        (field) =>
          sql`COMMENT ON COLUMN ${ident(schema, entity.name, field.name)} IS ${literal(field.description)}`,
      ),
  ];
}

/** The primary key, and an index on every reference. */
export function createKeys(schema: string, entity: Entity): Sql[] {
  const table = ident(schema, entity.name);
  return [
    sql`ALTER TABLE ${table} ADD CONSTRAINT ${belonging(entity, 'pkey')} PRIMARY KEY (${ident(entity.id)})`,
    ...references(entity).map(
      (field) => sql`CREATE INDEX ${belonging(entity, field.name)} ON ${table} (${ident(field.name)})`,
    ),
  ];
}

/** The foreign keys of a table; those that it refers to have their primary keys. */
export function createForeignKeys(schema: string, entity: Entity): Sql[] {
  return references(entity).map(
    (
      field,
    ) => sql`ALTER TABLE ${ident(schema, entity.name)} ADD CONSTRAINT ${belonging(entity, field.name, 'fkey')}
      FOREIGN KEY (${ident(field.name)}) REFERENCES ${ident(schema, field.entity)}`,
  );
}

/** What PostgreSQL keeps of a name, in bytes; it cuts the rest off without a word. */
const LONGEST_NAME = 63;

/** The name of an index or constraint of a table. Two that would be cut to the same one stay apart by a hash. */
function belonging({ name }: Entity, ...parts: string[]): Sql {
  const whole = [name, ...parts].join('_');
  if (Buffer.byteLength(whole) <= LONGEST_NAME) return ident(whole);
  const hash = createHash('sha256')
    .update([name, ...parts].join('\n'))
    .digest('hex')
    .slice(0, 8);
  let kept = whole;
  while (Buffer.byteLength(kept) > LONGEST_NAME - hash.length - 1) kept = [...kept].slice(0, -1).join('');
  return ident(`${kept}_${hash}`);
}

/** The bookkeeping table of a master's source records in force, bare until they are loaded. */
export function createRecords(bookkeeping: string, entity: Entity): Sql[] {
  const table = ident(bookkeeping, recordsTable(entity.name));
  const columns = recordFields(entity).map(
    (field) => sql`${ident(field.name)} ${raw(postgresType(field.type))}`,
  );
  return [
    sql`CREATE TABLE ${table} (source text NOT NULL, key text NOT NULL, variant integer NOT NULL,
      hash text NOT NULL, ${joined(columns)})`,
    sql`COMMENT ON TABLE ${table} IS ${literal(`Source records of ${entity.name} in force, cleaned: what the golden rows are made of`)}`,
  ];
}

/** The key stands first: it tells records apart at once, where all of one source have the same name to compare. */
export function createRecordKey(bookkeeping: string, entity: Entity): Sql {
  const name = recordsTable(entity.name);
  return sql`ALTER TABLE ${ident(bookkeeping, name)} ADD CONSTRAINT ${ident(`${name}_pkey`)} PRIMARY KEY (key, source, variant)`;
}

/** What the state of an order is called that was never sold, or no longer is: also in the languages `init` knows. */
const NO_SALE =
  'cancelled canceled void voided draft failed declined storniert abgebrochen annulé annulée annule annulee brouillon cancelado cancelada anulado anulada borrador'.split(
    ' ',
  );

/**
 * What insights read: signed lines without cancelled orders, per currency, and for every order what it says beyond its
 * lines: its own discount, or where it has none its whole amount. Only where the four tables are there.
 */
export function createSalesView(
  schema: string,
  entities: readonly Entity[],
  securityInvoker: boolean,
): Sql[] {
  const needed: [string, string[]][] = [
    ['orders', ['customer_id', 'order_date', 'total_amount', 'order_type', 'status', 'channel', 'currency']],
    ['orders', ['discount_amount', 'tax_amount', 'shipping_amount']],
    ['order_items', ['order_id', 'product_id', 'quantity', 'unit_price', 'subtotal']],
    ['products', ['product_name', 'category']],
    ['customers', ['city', 'region']],
  ];
  const complete = needed.every(([name, fields]) => {
    const entity = entities.find((each) => each.name === name);
    return entity !== undefined && fields.every((field) => fieldOf(entity, field) !== undefined);
  });
  if (!complete) return [];
  const view = ident(schema, 'sales');
  const invoker = securityInvoker ? sql` WITH (security_invoker = true)` : sql``;
  const [orders, items] = [ident(schema, 'orders'), ident(schema, 'order_items')];
  // Columns of an adopted table may be of other types.
  const number = (column: Sql) => sql`${column}::numeric`;
  const isReturn = sql`o.order_type::text = 'return'`;
  const linesOf = (condition: Sql) =>
    sql`EXISTS (SELECT FROM ${items} x WHERE x.order_id = o.order_id AND ${condition})`;
  // A return may be printed with a minus or without; both take away, and a fee that is kept back has the other sign.
  // Where it has quantities of both signs, goods were exchanged: those that came back are the negative ones.
  const takesAway = sql`${isReturn} AND NOT ${linesOf(sql`${number(sql`x.quantity`)} * ${number(sql`i.quantity`)} < 0`)}`;
  const printed = sql`coalesce((SELECT sum(${number(sql`x.subtotal`)}) FROM ${items} x WHERE x.order_id = o.order_id), 0)`;
  const amount = sql`CASE WHEN ${takesAway} AND ${printed} >= 0 THEN -${number(sql`i.subtotal`)} ELSE ${number(sql`i.subtotal`)} END`;
  const quantity = sql`CASE WHEN ${takesAway} THEN CASE WHEN ${amount} > 0 THEN 1 ELSE -1 END * abs(${number(sql`i.quantity`)})
        ELSE ${number(sql`i.quantity`)} END`;
  const discount = number(sql`o.discount_amount`);
  const exchange = sql`${linesOf(sql`${number(sql`x.quantity`)} < 0`)} AND ${linesOf(sql`${number(sql`x.quantity`)} > 0`)}`;
  const whole = sql`(${number(sql`o.total_amount`)} - coalesce(${number(sql`o.tax_amount`)}, 0) - coalesce(${number(sql`o.shipping_amount`)}, 0))`;
  const before = sql`o.order_id, o.customer_id`;
  const order = sql`o.order_date, o.ordered_at, coalesce(o.order_type::text, 'sale') AS order_type,
        CASE WHEN ${isReturn} THEN -1 ELSE 1 END AS sign, o.status, o.channel, o.currency`;
  const counts = sql`lower(trim(coalesce(o.status::text, ''))) NOT IN ${literals(NO_SALE)}`;
  const buyer = sql`LEFT JOIN ${ident(schema, 'customers')} c ON c.customer_id = o.customer_id`;
  return [
    sql`CREATE OR REPLACE VIEW ${view}${invoker} AS
      SELECT i.order_item_id, ${before}, i.product_id, ${order},
        ${quantity} AS quantity, i.unit_price,
        CASE WHEN i.order_item_id IS NOT NULL THEN ${amount}
          WHEN ${isReturn} THEN -abs${whole} ELSE ${whole} END AS amount,
        p.product_name, p.category, c.city, c.region, o.source_system
      FROM ${orders} o LEFT JOIN ${items} i ON i.order_id = o.order_id
      LEFT JOIN ${ident(schema, 'products')} p ON p.product_id = i.product_id ${buyer}
      WHERE ${counts} AND (i.order_item_id IS NOT NULL OR o.total_amount IS NOT NULL)
      UNION ALL
      SELECT NULL, ${before}, NULL, ${order}, NULL, NULL,
        CASE WHEN ${isReturn} AND NOT (${exchange}) THEN abs(${discount}) ELSE -${discount} END,
        NULL, NULL, c.city, c.region, o.source_system
      FROM ${orders} o ${buyer}
      WHERE ${counts} AND ${discount} <> 0 AND ${linesOf(sql`true`)}`,
    sql`COMMENT ON VIEW ${view} IS 'Signed lines of orders that were not cancelled, and what an order says beyond them: its discount, or all of it where it has no lines; returns count against; sum per currency'`,
  ];
}
