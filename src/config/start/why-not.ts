import { COLUMN_WORDS, CUSTOMER_NAMES, isOther } from './column-words.js';
import { columnsOf, foreignKey, partsOfFeed } from './guess-feed.js';

const STATEMENT = ['paidin', 'withdrawn', 'moneyin', 'moneyout', 'debit', 'credit', 'deposit', 'withdrawal'];

const CALLED: Readonly<Record<string, string>> = { order_items: 'lines of orders' };

/** Whether rows stand under the name of a customer, in a column without a name, as in reports of QuickBooks. */
export function isGrouped(names: readonly string[]): boolean {
  const columns = columnsOf(names);
  const sold = columns.find(['qty', 'quantity']) !== undefined && columns.find(['num']) !== undefined;
  return names[0] === '' && sold && columns.find(CUSTOMER_NAMES) === undefined;
}

/** Whether it is a list of money that came and went, with its fees, as of PayPal and Stripe: sales, refunds and payouts in one column. */
export function isTakings(names: readonly string[]): boolean {
  const columns = columnsOf(names);
  return [['fee', 'fees'], ['net'], ['gross', 'amount']].every((words) => columns.find(words) !== undefined);
}

/** Why a file was taken for nothing: what it comes nearest to, and what that lacks. */
export function whyNot(about: string, names: readonly string[]): string {
  if (names.length === 0) return 'its columns could not be read';
  if (isOther(about)) return 'by its name it holds neither customers nor products nor orders';
  const columns = columnsOf(names.filter((name) => !name.includes('[]')));
  if (isGrouped(names))
    return 'a report: who bought stands in a row above theirs. Export it ungrouped, with a column for the customer (in QuickBooks: Customize, Group by None, and tick Customer)';
  if (isTakings(names))
    return 'a list of money and its fees: sales, refunds and payouts stand in one column. Take the orders from the shop that made them, or map those rows alone, by a `where`';
  if (columns.find(['balance']) !== undefined && columns.find(STATEMENT) !== undefined)
    return 'a statement of an account: it does not say what was ordered';
  const [nearest] = Object.keys(COLUMN_WORDS)
    .flatMap((entity) => partsOfFeed(entity, columns) ?? [])
    .map((feed) => ({ ...feed, found: Object.keys(feed.fields) }))
    .reverse()
    .sort((a, b) => b.found.length - a.found.length);
  if (nearest === undefined || nearest.found.length < 2) return 'not told by its columns';
  const lacks = {
    customers: 'a name, an e-mail or a phone',
    products: 'a name',
    orders: 'a date, a total or a customer',
    order_items:
      foreignKey(columns, 'orders') === undefined ? 'the number of an order' : 'a quantity and a price',
  }[nearest.entity];
  const what = CALLED[nearest.entity] ?? nearest.entity;
  if (nearest.entity !== 'order_items' && nearest.key.length === 0)
    return `nearest to ${what}, but no column was found that tells one from another`;
  return `nearest to ${what}, but no column was found with ${lacks}`;
}
