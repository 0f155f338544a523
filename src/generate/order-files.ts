import { literal, type Sql, sql } from '../kernel/sql.js';
import { decimal, money } from './amounts.js';
import { padded } from './draws.js';
import type { Plan } from './generate-options.js';
import { crmKey } from './make-people.js';
import type { Making } from './making.js';
import type { Fault, OutFile } from './out-file.js';

const RECEIPT = sql`'R' || ${padded(sql`s.number`, 8)}`;
const MOMENT = sql`(s.day::TIMESTAMP + to_seconds(s.second))`;
/** What the till gives back counts against: it prints a minus. */
const SIGN = sql`CASE WHEN s.bought IS NULL THEN 1 ELSE -1 END`;
/** What the receipts are called with which new staff practise. */
const TRAINING = 'training';

const order = (rule: string, field: string): Fault => ({ entity: 'orders', rule, field });
const line = (rule: string, field: string): Fault => ({ entity: 'order_items', rule, field });

/** Receipts of the tills. */
export function posOrders({ plan }: Pick<Making, 'plan'>): OutFile {
  const barred = sql`(SELECT ${crmKey(sql`crm_no`)} FROM people JOIN accounts USING (n) WHERE fault = 'crm-nameless' ORDER BY n LIMIT 1)`;
  const customer = sql`CASE s.fault WHEN 'pos-stranger' THEN 'X' || s.number WHEN 'pos-barred' THEN ${barred}
    ELSE CASE WHEN s.walk_in THEN '' ELSE b.customer END END`;
  // The second of two receipts with one number says another sum.
  const copies = sql`(VALUES (0), (1)) prints(print)`;
  return {
    source: 'pos_orders',
    path: 'pos/orders.csv',
    entity: 'orders',
    format: { kind: 'csv', delimiter: ',', quote: [] },
    columns: [
      'Receipt No',
      'Type',
      'Date',
      'Time',
      'Till',
      'Channel',
      'Customer No',
      'Total KES',
      'Paid By',
      'Status',
    ],
    rows: sql`SELECT s.number * 2 + print AS pos, s.fault, NULL AS blemish, 0 AS part_count, NULL AS truth_id,
        ${RECEIPT} AS "Receipt No",
        CASE WHEN s.fault = 'pos-kind' THEN 'Lay-by' WHEN s.bought IS NULL THEN 'Sale' ELSE 'Refund' END AS "Type",
        CASE s.fault WHEN 'pos-date' THEN '31/02/' || year(s.day) ELSE strftime(s.day, '%d/%m/%Y') END AS "Date",
        strftime(${MOMENT}, '%H:%M') AS "Time", 'Till ' || s.till AS "Till",
        CASE s.paid_by WHEN 'M-Pesa' THEN 'M-Pesa till' ELSE 'counter' END AS "Channel", ${customer} AS "Customer No",
        ${money(sql`${SIGN} * t.goods + CASE s.fault WHEN 'pos-total' THEN 10000 ELSE 0 END + print * 5000`)} AS "Total KES",
        s.paid_by AS "Paid By", CASE s.status WHEN 'cancelled' THEN 'Void' ELSE 'Paid' END AS "Status"
      FROM sales s JOIN totals t USING (n) JOIN crm_buyers b ON b.place = s.buyer
        JOIN ${copies} ON print = 0 OR s.fault = 'pos-conflict' WHERE NOT s.web
      UNION ALL SELECT ${training(plan)}, 'Sale', strftime(DATE '2024-01-02', '%d/%m/%Y'), '07:45', 'Till 1', 'counter', '', '1.00', 'cash', 'Paid'
        FROM range(${trainings(plan)})`,
    keys: { orders: sql`"Receipt No"` },
    faults: {
      'pos-date': order('type', 'order_date'),
      'pos-total': order('equation:total', 'total_amount'),
      'pos-kind': order('lookup', 'order_type'),
      'pos-stranger': order('reference', 'customer_id'),
      'pos-barred': order('cascade', 'customer_id'),
      'pos-conflict': order('conflict', ''),
      [TRAINING]: order('filtered', ''),
    },
    cascades: { orders: { 'pos-quantity': '', 'pos-subtotal': '', 'pos-unlisted': '' } },
  };
}

/** What was on the receipts. */
export function posItems({ plan }: Pick<Making, 'plan'>): OutFile {
  const whole = 'order_id';
  return {
    source: 'pos_items',
    path: 'pos/order_items.csv',
    entity: 'order_items',
    format: { kind: 'csv', delimiter: ',', quote: ['Description'] },
    columns: ['Receipt No', 'Line', 'SKU', 'Description', 'Qty', 'Unit Price', 'Discount', 'Amount'],
    rows: sql`SELECT s.number * 10000 + l.line AS pos, s.fault, NULL AS blemish, 0 AS part_count, NULL AS truth_id,
        ${RECEIPT} AS "Receipt No", l.line::VARCHAR AS "Line",
        CASE s.fault WHEN 'pos-unlisted' THEN 'OLD-' || s.number ELSE g.sku END AS "SKU", g.name AS "Description",
        CASE s.fault WHEN 'pos-quantity' THEN 'mbili' ELSE (${SIGN} * l.quantity)::VARCHAR END AS "Qty",
        ${money(sql`l.cents`)} AS "Unit Price", ${money(sql`${SIGN} * l.discount`)} AS "Discount",
        ${money(sql`${SIGN} * l.amount + CASE s.fault WHEN 'pos-subtotal' THEN 5000 ELSE 0 END`)} AS "Amount"
      FROM lines l JOIN sales s USING (n) JOIN goods g ON g.n = l.good WHERE NOT s.web
      UNION ALL SELECT ${training(plan)}, '1', 'TEST', 'Test', '1', '1.00', '0.00', '1.00' FROM range(${trainings(plan)})`,
    keys: { order_items: sql`"Receipt No" || '|' || "Line"` },
    faults: {
      'pos-quantity': line('type', 'quantity'),
      'pos-subtotal': line('equation:subtotal', 'subtotal'),
      'pos-unlisted': line('reference', 'product_id'),
      [TRAINING]: line('filtered', ''),
    },
    cascades: {
      order_items: {
        'pos-date': whole,
        'pos-total': whole,
        'pos-kind': whole,
        'pos-stranger': whole,
        'pos-barred': whole,
        'pos-conflict': whole,
      },
    },
  };
}

/** Receipts on which new staff practise: where there is dirt at all, a few. */
function trainings({ dirt, orders }: Plan): number {
  return dirt === 0 ? 0 : Math.max(1, Math.round((orders * dirt) / 20));
}

/** Behind all others, the beginning of a row for practice. */
function training(plan: Plan): Sql {
  const after = (plan.orders + plan.refused.orders + 1) * 10_000;
  return sql`${after} + range, ${literal(TRAINING)}, NULL, 0, NULL, 'T' || ${padded(sql`range`, 8)}`;
}

/** The web shop's orders, each with its lines inside. */
export function shopOrders({ draws }: Pick<Making, 'draws'>): OutFile {
  const n = sql`s.n`;
  return {
    source: 'shop_orders',
    path: 'shop/orders.ndjson',
    entity: 'orders',
    parts: 'order_items',
    format: { kind: 'ndjson', torn: false },
    columns: [
      'order_no',
      'type',
      'order_date',
      'placed_at',
      'status',
      'channel',
      'customer',
      'currency',
      'shipping',
      'total',
      'paid_by',
      'lines',
    ],
    rows: sql`SELECT s.number AS pos, s.fault, NULL AS blemish, t.lines AS part_count, NULL AS truth_id,
        'W-' || (100000 + s.number) AS order_no,
        CASE WHEN s.fault = 'shop-kind' THEN 'exchange' WHEN s.bought IS NULL THEN 'sale' ELSE 'return' END AS type,
        CASE s.fault WHEN 'shop-date' THEN year(s.day) || '-02-30' ELSE strftime(s.day, '%Y-%m-%d') END AS order_date,
        strftime(${MOMENT}, '%Y-%m-%dT%H:%M:%S+03:00') AS placed_at, s.status,
        CASE WHEN ${draws.percent('app', n, 35)} THEN 'app' ELSE 'web' END AS channel, {'id': b.customer} AS customer,
        'KES' AS currency, ${decimal(sql`t.shipping`)} AS shipping, ${decimal(sql`t.goods + t.shipping`)} AS total,
        CASE s.paid_by WHEN 'cash' THEN 'on delivery' ELSE s.paid_by END AS paid_by, i.lines
      FROM sales s JOIN totals t USING (n) JOIN shop_buyers b ON b.place = s.buyer
        JOIN baskets i ON i.n = s.n
      WHERE s.web`,
    keys: { orders: sql`order_no`, order_items: sql`order_no || '|1'` },
    faults: {
      'shop-date': order('type', 'order_date'),
      'shop-kind': order('allowed', 'order_type'),
      'shop-quantity': line('required', 'quantity'),
      'shop-delisted': line('cascade', 'product_id'),
    },
    cascades: {
      orders: { 'shop-quantity': '', 'shop-delisted': '' },
      order_items: { 'shop-date': 'order_id', 'shop-kind': 'order_id' },
    },
  };
}
