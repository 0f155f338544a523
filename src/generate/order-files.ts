import { sql } from '../kernel/sql.js';
import { decimal, money } from './amounts.js';
import type { Making } from './making.js';
import type { OutFile } from './out-file.js';

const RECEIPT = sql`'R' || lpad(s.number::VARCHAR, 8, '0')`;
const MOMENT = sql`(s.day::TIMESTAMP + to_seconds(s.second))`;

/** Receipts of the tills. */
export function posOrders(): OutFile {
  return {
    source: 'pos_orders',
    path: 'pos/orders.csv',
    entity: 'orders',
    format: { kind: 'csv', delimiter: ',', quote: [] },
    columns: [
      'Receipt No',
      'Date',
      'Time',
      'Till',
      'Channel',
      'Customer No',
      'Total KES',
      'Paid By',
      'Status',
    ],
    rows: sql`SELECT s.number AS pos, s.fault, ${RECEIPT} AS "Receipt No",
        CASE s.fault WHEN 'pos-date' THEN '31/02/' || year(s.day) ELSE strftime(s.day, '%d/%m/%Y') END AS "Date",
        strftime(${MOMENT}, '%H:%M') AS "Time", 'Till ' || s.till AS "Till",
        CASE s.paid_by WHEN 'M-Pesa' THEN 'M-Pesa till' ELSE 'counter' END AS "Channel", b.customer AS "Customer No",
        ${money(sql`t.goods + CASE s.fault WHEN 'pos-total' THEN 10000 ELSE 0 END`)} AS "Total KES", s.paid_by AS "Paid By",
        CASE s.status WHEN 'cancelled' THEN 'Void' ELSE 'Paid' END AS "Status"
      FROM sales s JOIN totals t USING (n) JOIN crm_buyers b ON b.place = s.buyer WHERE NOT s.web`,
    faults: {
      'pos-date': { entity: 'orders', rule: 'type', field: 'order_date' },
      'pos-total': { entity: 'orders', rule: 'equation:total', field: 'total_amount' },
    },
    cascades: { orders: ['pos-quantity'] },
  };
}

/** What was on the receipts. */
export function posItems(): OutFile {
  return {
    source: 'pos_items',
    path: 'pos/order_items.csv',
    entity: 'order_items',
    format: { kind: 'csv', delimiter: ',', quote: ['Description'] },
    columns: ['Receipt No', 'Line', 'SKU', 'Description', 'Qty', 'Unit Price', 'Discount', 'Amount'],
    rows: sql`SELECT s.number * 10000 + l.line AS pos, s.fault, ${RECEIPT} AS "Receipt No", l.line AS "Line", g.sku AS "SKU",
        g.name AS "Description", CASE s.fault WHEN 'pos-quantity' THEN 'mbili' ELSE l.quantity::VARCHAR END AS "Qty",
        ${money(sql`l.cents`)} AS "Unit Price", ${money(sql`l.discount`)} AS "Discount", ${money(sql`l.amount`)} AS "Amount"
      FROM lines l JOIN sales s USING (n) JOIN goods g ON g.n = l.good WHERE NOT s.web`,
    faults: {
      'pos-quantity': { entity: 'order_items', rule: 'type', field: 'quantity' },
    },
    cascades: { order_items: ['pos-date', 'pos-total'] },
  };
}

/** The web shop's orders, each with its lines inside. */
export function shopOrders({ draws }: Pick<Making, 'draws'>): OutFile {
  const n = sql`s.n`;
  return {
    source: 'shop_orders',
    path: 'shop/orders.ndjson',
    entity: 'orders',
    parts: 'order_items',
    format: { kind: 'ndjson' },
    columns: [
      'order_no',
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
    rows: sql`SELECT s.number AS pos, s.fault, t.lines AS part_count, 'W-' || (100000 + s.number) AS order_no,
        CASE s.fault WHEN 'shop-date' THEN year(s.day) || '-02-30' ELSE strftime(s.day, '%Y-%m-%d') END AS order_date,
        strftime(${MOMENT}, '%Y-%m-%dT%H:%M:%S+03:00') AS placed_at, s.status,
        CASE WHEN ${draws.percent('app', n, 35)} THEN 'app' ELSE 'web' END AS channel, {'id': b.customer} AS customer,
        'KES' AS currency, ${decimal(sql`t.shipping`)} AS shipping, ${decimal(sql`t.goods + t.shipping`)} AS total,
        CASE s.paid_by WHEN 'cash' THEN 'on delivery' ELSE s.paid_by END AS paid_by, i.lines
      FROM sales s JOIN totals t USING (n) JOIN shop_buyers b ON b.place = s.buyer
        JOIN baskets i ON i.n = s.n
      WHERE s.web`,
    faults: {
      'shop-date': { entity: 'orders', rule: 'type', field: 'order_date' },
      'shop-quantity': { entity: 'order_items', rule: 'required', field: 'quantity' },
    },
    cascades: { orders: ['shop-quantity'], order_items: ['shop-date'] },
  };
}
