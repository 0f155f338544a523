import type { ProjectConfig, SourceConfig } from '../../src/model/config.js';
import { SHOP as SMALL } from '../support/shop.js';

/** The shop, where an order that is no longer delivered goes. */
export const SHOP: ProjectConfig = {
  ...SMALL,
  sources: { ...SMALL.sources, orders: vanishing('orders'), lines: vanishing('lines') },
};

function vanishing(source: string): SourceConfig {
  return { ...(SMALL.sources[source] as SourceConfig), vanished: 'delete' };
}

/**
 * The shop with so many orders of two lines each, a customer for every ten and a product for every hundred. Some orders
 * name no customer.
 */
export function largeShop(orders: number): Record<string, string> {
  const customers = Math.ceil(orders / 10);
  const products = Math.max(2, Math.ceil(orders / 100));
  const price = (product: number) => 100 + (product % 50);
  const lines = ['no,sku,qty,price'];
  const heads = ['no,customer,date,total'];
  for (let order = 0; order < orders; order++) {
    const first = order % products;
    const second = (order + 1) % products;
    const customer = order % 50 === 7 ? '' : `C${order % customers}`;
    heads.push(`O${order},${customer},${day(order)},${price(first) * 2 + price(second)}.00`);
    lines.push(`O${order},P${first},2,${price(first)}.00`, `O${order},P${second},1,${price(second)}.00`);
  }
  return {
    'customers.csv': list(
      customers,
      'id,name,email,phone',
      (i) => `C${i},Person${word(i)} Sample,c${i}@example.com,`,
    ),
    'products.csv': list(
      products,
      'sku,name,price,stock',
      (i) => `P${i},Product ${word(i)},${price(i)}.00,${i}`,
    ),
    'orders.csv': `${heads.join('\n')}\n`,
    'lines.csv': `${lines.join('\n')}\n`,
  };
}

/** Changes a name, takes an order away, changes one and adds one, with their lines. */
export function changedShop(files: Record<string, string>): Record<string, string> {
  const of = (name: string) => files[name] ?? '';
  const without = (text: string) => text.replace(/^O1,.*\n/gm, '');
  return {
    ...files,
    'customers.csv': of('customers.csv').replace(/^(C1),[^,]*,/m, '$1,Zawadi Mwangi,'),
    'orders.csv': `${without(of('orders.csv')).replace(/^(O0|O2),([^,]*),[^,]*,/m, '$1,$2,2026-03-01,')}ON,C1,2026-03-02,10.00\n`,
    'lines.csv': `${without(of('lines.csv'))}ON,P1,1,10.00\n`,
  };
}

function list(rows: number, header: string, row: (i: number) => string): string {
  return `${[header, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n')}\n`;
}

function day(order: number): string {
  return `2026-0${1 + (order % 9)}-${String(1 + (order % 28)).padStart(2, '0')}`;
}

/** A number in letters: names have no digits. */
function word(number: number): string {
  return [...String(number)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
}
