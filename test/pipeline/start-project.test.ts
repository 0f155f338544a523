import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makePaint } from '../../src/cli/terminal/paint.js';
import { renderDoubts } from '../../src/cli/terminal/render-doubts.js';
import { readProject } from '../../src/config/read-config.js';
import { generate } from '../../src/generate/generate.js';
import { runProject } from '../../src/pipeline/run-project.js';
import { startProject } from '../../src/pipeline/start-project.js';
import { type Folder, makeFolder, pamoja } from '../cli/spawn-pamoja.js';
import { rowsOf, workbook } from '../sources/excel/workbook-parts.js';
import { openTestDatabase, type TestDatabase } from '../support/postgres-server.js';
import { DATA, hasData } from '../support/project.js';
import { SHOP_FILES } from '../support/shop.js';

let folder: Folder;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterEach(() => folder.remove());
afterAll(() => database.close());

async function start(files: Record<string, string | Buffer> = {}) {
  folder = makeFolder(files);
  const result = await startProject({ dir: folder.root });
  return { ...result, text: readFileSync(result.file, 'utf8') };
}

const runIt = async () =>
  runProject(await readProject(folder.root), { env: { DATABASE_URL: database.url }, dryRun: true });

describe('a configuration to start from', () => {
  test('is guessed from the names of files and columns, and runs', async () => {
    const { sources, text } = await start(SHOP_FILES);
    expect(sources.map(({ name, entities }) => [name, entities])).toEqual([
      ['customers', ['customers']],
      ['products', ['products']],
      ['orders', ['orders']],
      ['lines', ['order_items']],
    ]);
    expect(text).toContain('first_name: { from: name, split: { part: given } }');
    expect((await runIt()).rejects).toBe(0);
  });

  test('says how dates and decimals are written, and where it cannot tell', async () => {
    const { text } = await start({
      'orders.csv': 'order_id;date;total\n1;31/01/2026;1250,50\n2;01/02/2026;10,00\n',
      'invoices.csv': 'invoice_no,invoice_date,amount\n1,02.03.2026,10.50\n',
      'products.csv': 'sku;name;price;stock\nP1;Kettle;12,50;1.200\n',
      'customers.csv': 'id,name,registered\n1,Wanjiru Kamau,3/4/26 2:14 PM\n',
    });
    expect(text).toContain('order_date: { from: date, format: "%d/%m/%Y" }');
    expect(text).toMatch(
      /from: invoice_date, format: "%d\.%m\.%Y" } +# as in date; or is the month first\? Then "%m\.%d\.%Y"/,
    );
    expect(text).toContain('created_at: { from: registered, format: "%d/%m/%y %I:%M %p" }');
    // 1.200 in stock are not one and a fifth, as prices have their comma.
    expect(text.match(/decimal: ","/g)).toHaveLength(2);
    expect((await runIt()).rejects).toBe(0);
  });

  test('takes dates for what the other columns say, and asks', async () => {
    const { text, doubts } = await start({
      'orders.csv': 'order_id,date,total\n1,1/31/2026,5\n',
      'returns.csv': 'order_id,date,total\n7,02/03/26,5\n',
      'fair.csv': 'order_id,date,total\n6,12/May/2026 10:15 +0300,5\n5,12/March/2026 23:15 +0300,5\n',
      'sold.csv': 'order_id,date,total\n8,5-Mar-26,5\n9,"May 5, 2026",5\n',
      'verkauft.csv': 'order_id,date,total\n10,3. März 2026 10:15,5\n11,12. Mai 2026 09:00,5\n',
      'vendu.csv': 'order_id,date,total\n12,lun. 2 févr. 2026,5\n13,mar. 5 mai 2026,5\n',
      'vendido.csv': 'order_id,date,total\n14,"Martes, 03/31/2026",5\n15,"Jueves, 04/02/2026",5\n',
      'vendas.csv': 'order_id,date,total\n16,3 de março de 2026,5\n',
    });
    expect(text).toMatch(/format: "%m\/%d\/%y" } +# as in date; or is the day first\? Then "%d\/%m\/%y"/);
    expect(text).toMatch(
      /format: \["%d-%b-%y","%b %d, %Y"\] } +# days are written in 2 ways: are these all, and right\?/,
    );
    expect(text).toContain('format: "%d/%B/%Y %H:%M %z"');
    for (const format of ['%d. %b %Y %H:%M', '%a %d %b %Y', '%a, %m/%d/%Y', '%d de %B de %Y'])
      expect(text).toContain(`format: "${format}"`);
    // The same on the screen, however narrow it is.
    expect(doubts.map(({ source, of, guess }) => `${source} ${of}: ${guess}`)).toContain(
      'returns orders.order_date: date as %m/%d/%y',
    );
    const screen = (width: number) => renderDoubts(doubts, 'a.yaml', { width, paint: makePaint(false) });
    expect(screen(100)).toContain(
      '    orders.order_date   date as %m/%d/%y – as in date; or is the day first? Then "%d/%m/%y"',
    );
    expect(Math.max(...screen(40).map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  test('asks whether a point stands between thousands, and looks into many files for the day', async () => {
    // The last of many files may be the only one that says it.
    const days = Object.fromEntries(
      ['02/01/2026', '02/02/2026', '02/03/2026', '31/03/2026'].map((day, i) => [
        `till-${i}.csv`,
        `order_id,date,total\n${100 + i},${day},5\n`,
      ]),
    );
    const { text } = await start({
      ...days,
      'orders.csv': 'order_id;date;total\n1;2026-01-31;1.500\n2;2026-02-01;900\n',
    });
    expect(text).toMatch(/total_amount: total +# "1.500" is read as 1500; or are these three decimals\?/);
    const [ledger] = (await runIt()).ledger;
    expect(ledger?.amounts[0]?.accepted).toBe('2400.0000');
    expect(text).toMatch(/path: "till-\*.csv"[\s\S]*format: "%d\/%m\/%Y" }\n/);
  });

  test('knows the export of a web shop, whose first row of an order speaks for all of them', async () => {
    const { sources, text } = await start({
      'orders_export_1.csv': `Name,Email,Financial Status,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Billing Name,Billing Company,Billing City,Billing Zip,Billing Phone,Id
#1001,amina@example.com,paid,yes,KES,900.00,100.00,124.14,1000.00,100.00,2026-01-02 10:10:00 +0300,2,Kikoi - Blue,400.00,KIK-B,0.00,Amina Hassan,,Mombasa,'080100,'+254722000001,5001
#1001,amina@example.com,,,,,,,,,2026-01-02 10:10:00 +0300,1,Basket,200.00,,0.00,,,,,,
#1002,,paid,no,KES,200.00,0.00,27.59,200.00,0.00,2026-02-01 09:00:00 +0300,1,Basket,200.00,,0.00,,,,,,5002
`,
    });
    expect(sources[0]?.entities).toEqual(['customers', 'products', 'orders', 'order_items']);
    expect(text).toContain('first_name: { from: Billing Name, split: { part: given } }');
    expect(text).toContain(`postal_code: { sql: "ltrim(\\"Billing Zip\\", '''')" }`);
    expect(text).toContain('# tax_amount: Taxes is left out: the totals come out without it');
    const { rejects, entities, ledger } = await runIt();
    expect(rejects).toBe(0);
    expect(Object.values(entities).map(({ created }) => created)).toEqual([1, 2, 2, 3]);
    const orders = ledger.find(({ entity }) => entity === 'orders');
    expect(orders?.amounts.map(({ currency, accepted }) => [currency, accepted])).toEqual([
      ['KES', '1200.0000'],
    ]);
  });

  test('learns from the first orders what their totals are made of, and whose days they tell', async () => {
    const head =
      'Name,Email,Created at,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Lineitem quantity,Lineitem name,Lineitem price,Lineitem discount,Id';
    const { text, doubts } = await start({
      // Tax on top, and one discount told of the order and of its line.
      'us/orders_export.csv': `${head}
#1,a@example.com,2026-01-02 10:00:00 -0500,USD,18.00,5.00,1.44,24.44,2.00,2,Mug,10.00,2.00,1
#2,b@example.com,2026-01-03 10:00:00 -0500,USD,10.00,5.00,0.80,15.80,0.00,1,Mug,10.00,0.00,2
`,
      // What is on each line is the order's; a discount has a minus.
      'till/receipts.csv': `Receipt No,Date,Item,Qty,Price,Discount,Tax,Order Total
1,2026-01-05,Mug,1,10.00,-3.00,2.40,19.40
1,2026-01-05,Mug,1,10.00,-3.00,2.40,19.40
2,2026-01-05,Mug,1,10.00,0.00,1.60,11.60
`,
      // With tax in it.
      'books/invoices.csv':
        'Invoice No,Date,VAT,Discount,Amount\nI1,2026-01-05,16.00,0,116.00\nI2,2026-01-05,32.00,2.00,230.00\n',
      'books/invoice_lines.csv': 'Invoice No,Item,Qty,Rate\nI1,Mug,1,116.00\nI2,Mug,2,116.00\n',
      'square/items.csv':
        'Date,Item,Qty,SKU,Gross Sales,Discounts,Net Sales,Transaction ID\n03/15/26,Mug,2.0,MUG,$20.00,-$1.00,$19.00,T1\n03/15/26,Mug,1.0,MUG,$10.00,($0.50),$9.50,T2\n',
    });
    expect(text).toContain('tax_amount: Taxes');
    // Days are those of the shop and not of Nairobi.
    expect(text).toMatch(/country: US .*\ntimezone: America\/New_York /);
    expect(doubts.map(({ source, of, guess }) => [source, of, guess])).toContainEqual([
      null,
      'country',
      'US',
    ]);
    expect(doubts).toContainEqual({
      source: null,
      of: 'currency',
      guess: 'USD',
      reason: expect.stringContaining('as other sources have it: is it that of '),
    });
    expect(text).toMatch(/^currency: USD /m);
    expect(text).toMatch(/# discount_amount: Lineitem discount is left out/);
    expect(text).toMatch(/# tax_amount: VAT is left out/);
    const { rejects, ledger } = await runIt();
    expect(rejects).toBe(0);
    const amounts = ledger.flatMap(({ source, amounts }) =>
      amounts.map(({ measure, accepted }) => `${source} ${measure} ${accepted}`),
    );
    expect(amounts).toContain('items order_items.subtotal 28.5000');
    expect(amounts).toContain('receipts orders.total_amount 31.0000');
  });

  test('says where totals do not come out', async () => {
    const { text } = await start({
      'orders.csv': 'Order No,Date,Tax,Total\n1,2026-01-05,1.00,77.00\n',
      'order_lines.csv': 'Order No,Item,Qty,Price\n1,Mug,1,10.00\n',
    });
    expect(text).toMatch(/total_amount: Total +# in 1 of 1 orders the lines do not come to it/);
  });

  test('finds a header under a title, and repeats nothing of a file without one', async () => {
    const { sources, text } = await start({
      'orders.csv': 'Sales report 2025\n\nOrder No,Date,Total (KSh)\n1,2026-01-05,10.00\n2,2026-01-06,free\n',
      'people.csv': '7,Jane,Doe,jane@example.com,0712345678\n',
    });
    expect(sources.map(({ entities }) => entities)).toEqual([['orders'], []]);
    expect(text).toContain('header: 3    # the line of the names');
    expect(text).toMatch(/^currency: KES /m);
    expect(text).not.toMatch(/jane|example.com|712345/i);
    const { ledger } = await runIt();
    expect(ledger).toMatchObject([{ read: 2, accepted: 1, rejected: 1 }]);
  });

  test('takes buyers and articles out of orders that hold them, and knows the catalogue of a web shop', async () => {
    const line = (id: number, sku: string, title: string) => ({ id, sku, title, quantity: 1, price: '5.00' });
    const orders = [
      {
        id: 1,
        created_at: '2026-01-05T10:00:00Z',
        customer: { id: 7, first_name: 'Mary', email: 'm@example.com' },
        line_items: [line(1, 'MUG', 'Mug')],
      },
      {
        id: 2,
        created_at: '2026-01-06T10:00:00Z',
        customer: null,
        line_items: [line(2, 'MUG', 'Mug'), line(3, 'TEE-S', 'Tee')],
      },
    ];
    const { sources } = await start({
      'orders.json': JSON.stringify({ orders }),
      'shop/products_export_1.csv': `Handle,Title,Vendor,Type,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Image Src
mug,Mug,Duka,Home,Title,Default Title,MUG,4,5.00,1.png
tee,Tee,Duka,Home,Size,S,TEE-S,4,9.00,2.png
tee,,,,,L,TEE-L,0,9.50,
tee,,,,,,,,,3.png
`,
    });
    expect(sources.map(({ name, entities }) => [name, entities])).toEqual([
      ['orders', ['customers', 'orders', 'order_items']],
      ['products_export_1', ['products']],
    ]);
    const { rejects, entities } = await runIt();
    expect(rejects).toBe(0);
    expect(Object.values(entities).map(({ created }) => created)).toEqual([1, 3, 2, 3]);
  });

  test('leaves a web shop its buyers, unless it knows them by the numbers of another source', async () => {
    const order = (id: number, customer: object) => ({
      id,
      created_at: '2026-01-05',
      total: '5.00',
      customer,
    });
    const web = [order(1, { id: 1, email: 'm@example.com' }), order(2, { id: 2, email: 'w@example.com' })];
    const own = [order(8, { id: 1, email: 'a@example.com' }), order(9, { id: 2, email: 'P@example.com' })];
    const { text, doubts } = await start({
      'crm.csv': 'customer_id,email\n1,a@example.com\n2,p@example.com\n3,m@example.com\n',
      'web_orders.json': JSON.stringify({ orders: web }),
      'field_orders.json': JSON.stringify({ orders: own }),
      'sales.csv': 'order_no,customer_id,date,total\n1,7,2026-01-05,5.00\n',
    });
    expect(text).toMatch(/ web_orders:[\s\S]*customer_id: customer\.id\n/);
    expect(text).toMatch(/ field_orders:[\s\S]*customer_id: { from: customer\.id, source: crm }/);
    expect(doubts.map(({ of, reason }) => `${of}: ${reason}`)).toEqual([
      'currency: no file says it: what are the amounts of field_orders, web_orders, sales in?',
      'orders.customer_id: none of the first is a key of crm or web_orders',
    ]);
    const { entities } = await runIt();
    expect(entities.customers?.created).toBe(4);
  });

  test('takes a flat file apart into all that it holds', async () => {
    const { sources } = await start({
      'sales.csv':
        'order_id,order_date,customer_name,customer_email,product_id,product_name,quantity,unit_price\n1,2026-01-05,Wanjiru Kamau,w@example.com,P1,Flour,2,210\n1,2026-01-05,Wanjiru Kamau,w@example.com,P2,Salt,1,40\n',
    });
    expect(sources[0]?.entities).toEqual(['customers', 'products', 'orders', 'order_items']);
    const { entities } = await runIt();
    expect(Object.values(entities).map(({ created }) => created)).toEqual([1, 2, 1, 2]);
  });

  test('knows who ordered in a flat file by whatever tells customers apart', async () => {
    const { text } = await start({
      'sales.csv':
        'order_id,order_date,customer_name,phone,product_name,quantity,unit_price\n1,2026-01-05,Wanjiru Kamau,0712345678,Flour,2,210\n2,2026-01-05,Otieno Ouma,0722111222,Salt,1,40\n',
    });
    expect(text).toContain('customer_id: phone');
    const { entities } = await runIt();
    expect(entities.customers).toMatchObject({ created: 2, placeholders: 0 });
  });

  test('takes the one file of the guide apart, and an amount repeated on each line for that of the order', async () => {
    const { text } = await start({
      'sales.csv': `Receipt,Day,Customer,Phone,SKU,Article,Qty,Price,Total
1,2026-01-05,Wanjiru Kamau,0712345678,F,Flour,2,KSh 210.00,"KSh 1,420.00"
1,2026-01-05,Wanjiru Kamau,0712345678,K,Kikoi,1,"KSh 1,000.00","KSh 1,420.00"
2,2026-01-06,,,K,Kikoi,1,"KSh 1,000.00","KSh 1,000.00"
`,
    });
    expect(text).toContain('total_amount: Total');
    const { entities, ledger, rejects } = await runIt();
    expect(rejects).toBe(0);
    expect(Object.values(entities).map(({ created }) => created)).toEqual([1, 2, 2, 3]);
    const orders = ledger.find(({ entity }) => entity === 'orders');
    expect(orders?.amounts[0]).toMatchObject({ currency: 'KES', accepted: '2420.0000' });
  });

  test('leaves each till its own customers, and two people on one phone two', async () => {
    const head = 'receipt_no,date,customer_name,phone,item,qty,price,discount\n';
    const { text } = await start({
      'nairobi.csv': `${head}1,2026-01-05,Mary Njoroge,0712345678,Mug,1,10,2\n2,2026-01-06,Peter Kamau,0712345678,Mug,2,10,0\n`,
      'kisumu.csv': `${head}1,2026-01-05,Amina Hassan,0722000001,Basket,1,10,0\n`,
    });
    expect(text).toContain('key: [phone, customer_name]    # several names share one phone');
    const { entities, ledger } = await runIt();
    expect(entities.customers).toMatchObject({ created: 3, placeholders: 0 });
    expect(entities.products).toMatchObject({ created: 2, placeholders: 0 });
    // The discount of the line is not one of its order, too.
    expect(text.match(/discount_amount: discount/g)).toHaveLength(2);
    expect(ledger.every(({ rejected }) => rejected === 0)).toBe(true);
  });

  test('counts orders of which two files tell once, and finds sales without a price', async () => {
    const { sources, text } = await start({
      'sold_items.csv': `Sale Date,Item Name,Quantity,Price,Item Total,Order ID,SKU
01/31/26,Mug,2,12.50,25.00,31,MUG\n01/31/26,Basket,1,5.00,5.00,31,BSK\n`,
      'sold_orders.csv': 'Sale Date,Order ID,Full Name,Order Total\n01/31/26,31,Tom Brown,30.00\n',
      'till/items.csv': `Date,Item,Qty,SKU,Gross Sales,Discounts,Net Sales,Transaction ID
03/15/26,Mug,2.0,MUG,"$1,025.00",$1.00,"$1,024.00",T1\n`,
      'online.csv': 'order_id,order_date,quantity,sku,item_price\n9,2026-01-05,1,MUG,5\n',
    });
    expect(sources.map(({ name, entities }) => [name, entities])).toEqual([
      ['sold_orders', ['customers', 'orders']],
      ['sold_items', ['products', 'order_items']],
      ['items', ['products', 'orders', 'order_items']],
      ['online', ['orders', 'order_items']],
    ]);
    expect(text).toMatch(/unit_price: item_price +# is it the price of one, or of the whole line\?/);
    expect(text).toContain('key: Full Name    # only names tell customers apart');
    const { entities, rejects } = await runIt();
    const { customers, orders, order_items } = entities;
    expect([customers, orders, order_items].map((each) => each?.created)).toEqual([1, 3, 4]);
    expect(rejects).toBe(0);
  });

  test('knows exports of Xero, Etsy, Toast and Magento, and takes a total only where the lines come to it', async () => {
    const invoice =
      'EmailAddress,InvoiceNumber,InvoiceDate,Total,TaxTotal,InventoryItemCode,Quantity,UnitAmount';
    const { text } = await start({
      'xero.csv': `${invoice},LineAmount,TaxAmount
a@example.com,I1,2026-01-31,36.00,6.00,MUG,1,10.00,10.00,2.00
a@example.com,I1,2026-01-31,36.00,6.00,BSK,2,10.00,20.00,4.00
`,
      'zoho.csv': `Invoice ID,Invoice Date,Total,Shipping Charge,SubTotal,Item Name,Quantity,Item Price,Item Total,Invoice Status
1,2026-01-31,40.40,5.00,30.00,Mug,1,10.00,10.00,Void
1,2026-01-31,40.40,5.00,30.00,Basket,2,10.00,20.00,Void
`,
      'vend.csv': `Receipt Number,Date,Item,Quantity,Price,Total
7,2026-01-31,Mug,1,10.00,11.50
7,2026-01-31,Basket,1,20.00,23.00
`,
      'etsy_items.csv': `Order ID,Item Name,Quantity,Price,Discount Amount,Item Total\n3,Mug,2,10.00,2.00,20.00\n`,
      'toast/OrderDetails.csv': 'Order Id,Opened,Total\n5,1/31/26 7:05 PM,20.00\n',
      'toast/ItemDetails.csv': 'Order Id,Menu Item,Qty,Gross Price,Net Price\n5,Mug,2.0,20.00,20.00\n',
      'export.csv':
        'ID,Purchase Date,Grand Total (Purchased),Status,Customer Email,Customer Name\n000000012,"Jan 31, 2026 9:05:00 AM",$34.00,Complete,b@example.com,Ann Bell\n',
    });
    const guessed = (name: string, next = '\n\n') => text.slice(text.indexOf(`  ${name}:`)).split(next)[0];
    expect(guessed('xero')).toMatch(/total_amount: Total\n[\s\S]* tax_amount: TaxTotal\n/);
    expect(guessed('zoho')).toContain(
      '# total_amount: Total is left out: in 1 of 1 orders the lines do not come to it, so theirs is taken',
    );
    expect(guessed('zoho')).toMatch(/status: Invoice Status[\s\S]*subtotal: Item Total/);
    expect(guessed('vend')).not.toContain('total_amount: Total\n');
    expect(guessed('etsy_items')).toContain('Discount Amount is left out: the lines come out without it');
    expect(guessed('itemdetails')).toContain('order_id: { from: Order Id, source: orderdetails }');
    expect(guessed('itemdetails')).not.toContain('orders:');
    expect(guessed('export')).toContain('total_amount: Grand Total (Purchased)');
  });

  test('knows exports of Vend and eBay, leaves out what was voided, and says what lists of takings lack', async () => {
    const { text, sources } = await start({
      'vend.csv': `Date,Receipt Number,Line Type,Customer Code,Customer Name,Quantity,Subtotal,Sales Tax,Discount,Total,Paid,Details,Status,Sku
2026-01-05 09:12:44,1001,Sale,ANN-1,Ann Bell,3,40.00,4.00,0,44.00,44.00,2 X Mug + 1 X Basket,CLOSED,
2026-01-05 09:12:44,1001,Sale Line,ANN-1,Ann Bell,2,20.00,2.00,0,22.00,,Mug,CLOSED,MUG
2026-01-05 09:12:44,1001,Sale Line,ANN-1,Ann Bell,1,20.00,2.00,0,22.00,,Basket,CLOSED,BSK
2026-01-05 09:12:44,1001,Payment,ANN-1,Ann Bell,,,,,,44.00,Cash,CLOSED,
`,
      'paypal.csv':
        'Date,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Item Title,Item ID,Invoice Number,Quantity\n01/13/2026,Ann Bell,Website Payment,Completed,USD,45.00,-1.61,43.39,8AB,Mug,MUG,I1,2\n',
      'stripe.csv':
        'id,Created date (UTC),Amount,Currency,Fee,Statement Descriptor,Status,Invoice ID\nch_1,2026-01-05 09:12,45.00,usd,1.61,SHOP,Paid,\n',
      'OrderDetails.csv':
        'Order Id,Opened,Total,Tip,Voided\n5,1/13/26 7:05 PM,23.00,3.00,false\n6,1/13/26 7:06 PM,9.00,0,true\n',
      'ItemDetails.csv':
        'Order Id,Menu Item,Qty,Net Price,Void?\n5,Mug,2.0,20.00,false\n5,Mug,1.0,10.00,true\n',
    });
    expect(sources.find(({ path }) => path === 'paypal.csv')?.why).toContain('a list of money and its fees');
    expect(text).toMatch(/key: id +# tells one[^\n]*\n +fields:\n +order_date: { from: Created date \(UTC\)/);
    expect(text).toMatch(/"coalesce\(lower\(\\"Void\?\\"\), ''\) NOT IN [^\n]* # the other rows were voided/);
    expect(text).toContain('# in 1 of 1 orders the lines do not come to it: take Tip out of it, by `sql`');
    const { ledger } = await runIt();
    const amounts = ledger.filter(({ source }) => source === 'vend').flatMap((line) => line.amounts);
    expect(amounts.map(({ accepted, filtered }) => [accepted, filtered])).toEqual([
      ['44.0000', '44.0000'],
      ['40.0000', '40.0000'],
    ]);
    folder.remove();
    const ebay = await start({
      'ebay.csv':
        'Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Item Number,Item Title,Custom Label,Quantity,Sold For,Shipping And Handling,Total Price,Sale Date\n101,11-1,annb,Ann Bell,a@example.com,250,Mug,MUG,2,$10.00,$5.00,$25.00,Jan-05-26\n',
    });
    for (const mapping of [
      'customer_id: Buyer Username',
      'product_id: Item Number',
      'unit_price: Sold For',
      'sku: Custom Label',
    ])
      expect(ebay.text).toContain(mapping);
    expect(ebay.text).toContain('# subtotal: Total Price is not Quantity × Sold For');
  });

  test('knows lines of Sage, and reckons discounts in per cent beside decimal commas', async () => {
    const { text } = await start({
      'factures.csv': 'N° pièce;Date;Total TTC;Statut\nFA1;31/01/2026;1 767,50;Annulée\n',
      'lignes.csv':
        'N° pièce;Référence;Désignation;Quantité;PU HT;Remise %;Montant HT\nFA1;MUG;Tasse;2;1 010,00;12,50;1 767,50\n',
    });
    expect(text).toContain('status: Statut');
    expect(text).toContain('Remise % is in per cent of the line, and becomes an amount');
    const { ledger, rejects } = await runIt();
    expect(rejects).toBe(0);
    const amounts = ledger.flatMap((each) => each.amounts.map(({ accepted }) => accepted));
    expect(amounts).toEqual(['1767.5000', '1767.5000']);
  });

  test('says what it found no day, price or key for, and reads days of Excel and hours of UTC', async () => {
    const { text } = await start({
      'orders.csv':
        'Order No,Invoice Date,Created date (UTC),Total\n1,46023,2026-01-05 23:30,5\n2,46024,2026-01-05 23:30,5\n',
      'more.csv': 'Order ID,Date,Amount\n,1767254400,5\n8,1767254400,5\n8,1767254400,6\n',
      'sold.csv': 'Ticket No,SKU,Qty,Paid\n1,MUG,2,20.00\n',
      'products.csv': 'Code,Name,Barcode\nCUP,Cup,1E+5\nMUG,Mug,6.16101E+12\n',
      'dated.csv': 'Order No,Sale Date,Total\n1,Jan-05-26,5\n',
      'parts.csv': 'Receipt No,Code,Qty,Price\n1,MUG,1,5\n',
      'paid.csv': 'Receipt No,Paid On,Total\n1,2026-01-05,5\n',
    });
    expect(text).toMatch(
      /order_date: { sql: "DATE '1899-12-30' [^}]+} +# Invoice Date holds days as Excel counts them/,
    );
    expect(text).toContain('ordered_at: { from: Created date (UTC), timezone: UTC }');
    expect(text).toMatch(/key: Order ID +# is empty in 1 of the first 3 records/);
    expect(text).toMatch(/order_date: Date +# "1767254400" is read as no day/);
    expect(text).toContain('# order_date: no column was found that says when');
    expect(text).toContain('# unit_price: no column was found that says at what price');
    expect(text).toMatch(/gtin: Barcode +# "6\.16101E\+12" lost its digits in a spreadsheet/);
    expect(text).toContain('format: "%b-%d-%y"');
    expect(text).toContain('product_id: { from: Code, source: products }');
    const run = await runIt();
    const dated = run.ledger.filter(({ source, entity }) => source === 'orders' && entity === 'orders');
    expect(dated.map(({ accepted }) => accepted)).toEqual([2]);
  });

  test('reads what Excel saved in the encoding of Windows, in other languages, too', async () => {
    const { sources, text } = await start({
      'kunden.csv': Buffer.from('Kundennr;Vorname;Name;Straße\nK1;Jörg;Groß;Hauptstraße 1\n', 'latin1'),
      'bestellungen.csv':
        'Bestellnr;Kundennr;Datum;Artikel;Menge;Einzelpreis;Fax;FAX\n1;K1;12 Mar 2026;Becher;2;1.012,50;;\n',
    });
    expect(sources.map(({ entities }) => entities)).toEqual([
      ['customers'],
      ['products', 'orders', 'order_items'],
    ]);
    expect(text).toMatch(/encoding: windows-1252 +# it is not UTF-8/);
    expect(text).toContain('last_name: Name');
    expect(text).toMatch(/country: DE .*\ntimezone: Europe\/Berlin/);
    const { rejects, ledger } = await runIt();
    expect(rejects).toBe(0);
    expect(ledger.flatMap(({ amounts }) => amounts.map(({ accepted }) => accepted))).toEqual(['2025.0000']);
  });

  test('leaves out rows of totals, also at the end of a large file, and asks', async () => {
    const line = (no: number) => `${no},"sold, as a ""gift""${'.'.repeat(400)}",2.00\n`;
    const { doubts } = await start({
      'orders-2026-01.csv': `order_no,note,total\n${Array.from({ length: 10_000 }, (_, i) => line(i)).join('')}Grand total,,20000.00\n`,
      'orders-2026-02.csv': 'order_no,note,total\n10001,,5.00\nGrand total,,5.00\n',
      'till.csv': 'Receipt No,Date,Item,Qty,Price\nA1,2026-01-05,Mug,2,10.00\n,,TOTAL,2,\n',
    });
    expect(doubts.filter(({ of }) => of.endsWith('where'))).toEqual([
      {
        source: 'till',
        of: 'products.where',
        guess: `"Item" IS DISTINCT FROM 'TOTAL'`,
        reason: 'rows of totals ("TOTAL") are left out: are they no records?',
      },
      expect.objectContaining({ of: 'orders.where', guess: `"order_no" IS DISTINCT FROM 'Grand total'` }),
    ]);
    // A number that only rows of totals share does not start anew.
    expect(doubts.some(({ of }) => of === 'period')).toBe(false);
    const { ledger, rejects } = await runIt();
    expect(rejects).toBe(0);
    expect(ledger.map(({ entity, filtered }) => `${entity}: ${filtered}`)).toEqual([
      'products: 1',
      'orders: 1',
      'order_items: 1',
      'orders: 1',
      'orders: 1',
    ]);
  });

  test('knows the export of Odoo, of whose orders the first row alone says which it is', async () => {
    const { sources, doubts } = await start({
      'sale.order.csv': `Order Reference,Order Date,Customer,Customer/Email,Order Lines/Product,Order Lines/Quantity,Order Lines/Unit Price,Order Lines/Discount (%),Taxes,Total
S1,2026-01-05 10:00:00,Amina Hassan,amina@example.com,[MUG] Mug,2.0,10.00,0.0,4.00,29.00
,,,,[CUP] Cup,1.0,5.00,0.0,,
S2,2026-01-06 11:00:00,Peter Kamau,,[CUP] Cup,3.0,2450.00,10.0,5.00,6620.00
,,,,TOTAL,6.0,,,,6649.00
`,
      // The same of ERPNext, and a book kept by hand, whose rows have numbers of their own.
      'Sales Invoice.csv': `ID,Customer,Date,Grand Total,ID (Items),Item Name (Items),Quantity (Items),Rate (Items)
A1,Amina Hassan,2026-01-05,25.00,x1,Mug,2,10.00
,,,,x2,Cup,1,5.00
`,
      'Mauzo.csv': `No,Date,Name,Phone,Item,Qty,Price
1,05/01/2026,Amina,0712345678,Mug,2,"10,50"
2,15.01.26,Peter,0722345678,Mug,1,10.50
JUMLA / TOTAL,,,,,,31.50
`,
    });
    for (const { entities } of sources)
      expect(entities).toEqual(['customers', 'products', 'orders', 'order_items']);
    expect(doubts.find(({ of }) => of === 'order_items.unit_price')?.reason).toBe(
      'written both as "10,50" and as "10.50": those like "10,50" are refused until they are written like the others',
    );
    expect(doubts.map(({ of, guess }) => [of, guess])).toContainEqual([
      'fillDown',
      'Order Reference, Customer/Email, Customer, Order Date, Taxes, Total',
    ]);
    const { ledger, entities } = await runIt();
    expect([entities.orders, entities.order_items].map((each) => each?.created)).toEqual([4, 6]);
    const totals = ledger.flatMap(({ entity, amounts }) => (entity === 'orders' ? amounts : []));
    expect(totals.map(({ accepted }) => accepted).sort()).toEqual(['25.0000', '6649.0000']);
  });

  test('sees files that are one, and numbers that start anew in each', async () => {
    const { text } = await start({
      'orders-2026-01.csv': 'order_no,date,total\n1,2026-01-01,5\n',
      'orders-2026-02.csv': 'order_no,date,total\n1,2026-02-01,7\n',
    });
    expect(text).toContain('path: "orders-*.csv"    # 2 files');
    expect(text).toContain('period: ');
    expect((await runIt()).entities.orders?.created).toBe(2);
  });

  test('counts an order once that several files hold, whatever they are called', async () => {
    const orders = 'order_no,date,total\n1,2026-01-01,5\n2,2026-01-02,7\n3,2026-01-03,9\n';
    const sales = 'Receipt No,Date,Item,Qty,Price\nA1,2026-01-05,Mug,2,10.00\nA2,2026-01-06,Mug,1,10.00\n';
    const { sources, doubts, text } = await start({
      'orders (1).csv': orders,
      'orders.csv': orders,
      'orders of today.csv': `${orders}4,2026-01-04,11\n`,
      // Two shops whose numbers are the same, and whose orders are not.
      'shop.csv': 'order_no,date,total\n1,2026-02-01,5\n2,2026-02-02,7\n',
      'sales-2026-01-06.csv': sales,
      'sales-2026-01-07.csv': `${sales}A3,2026-01-07,Mug,3,10.00\n`,
    });
    expect(sources.map(({ path, files }) => [path, files])).toEqual([
      ['sales-*.csv', 2],
      ['orders.csv', 3],
      ['shop.csv', 1],
    ]);
    expect(text).toContain('path: ["orders.csv", "orders (1).csv", "orders of today.csv"]    # these hold');
    expect(doubts.map(({ of }) => of)).toContain('path');
    expect(doubts.map(({ of }) => of)).not.toContain('period');
    // Nothing tells the lines of the second file from further ones of the same orders.
    expect(doubts.map(({ source, of }) => `${source}: ${of}`)).toContain('sales: order_items.order_id');
    const { entities, rejects } = await runIt();
    expect([entities.orders?.created, rejects]).toEqual([4 + 2 + 3, 0]);
  });

  test('takes out of orders whom and what no other file tells of, so that none waits for ever', async () => {
    const { doubts } = await start({
      'customers.csv': 'Customer ID,Name,Email\nC1,Amina Hassan,amina@example.com\n',
      'products.csv': 'SKU,Name,Price\nMUG,Mug,10.00\n',
      'web orders.csv': `Order ID,Order Date,First Name (Billing),Last Name (Billing),Email (Billing),Order Total Amount,SKU,Item Name,Quantity,Item Cost
1,2026-01-05,Amina,Hassan,AMINA@example.com,20.00,MUG,Mug,2,10.00
2,2026-01-06,Peter,Kamau,peter@example.com,10.00,MUG,Mug,1,10.00
`,
      // Of a till, whose buyers have numbers there.
      'till sales.csv': `Receipt No,Date,Customer ID,Customer Name,SKU,Item,Qty,Price
R1,2026-01-07,T7,Juma Ali,MUG,Mug,3,10.00
R2,2026-01-07,,,MUG,Mug,1,10.00
`,
      'caisse.csv': `N° ticket;Date;Référence;Désignation;Quantité;Prix unitaire;Remise;Montant
F1;2026-01-08;SAV;Savon;2;3,75;0,50;7,00
F1;2026-01-08;PAN;Panier;1;10,00;0,00;10,00
`,
      'duka.csv': `Nambari ya Risiti,Tarehe,Msimbo wa Bidhaa,Bidhaa,Idadi,Bei,Jumla
N1,2026-01-09,CHA,Chai,2,100,200
`,
    });
    const taken = doubts.filter(({ reason }) => reason.includes('are taken out of these'));
    expect(taken.map(({ source, of }) => `${source}: ${of}`)).toEqual([
      'caisse: order_items.product_id',
      'duka: order_items.product_id',
      'till_sales: orders.customer_id',
      'web_orders: orders.customer_id',
    ]);
    const { entities, rejects } = await runIt();
    const created = ['customers', 'products', 'orders', 'order_items'].map((name) => entities[name]?.created);
    expect([...created, rejects]).toEqual([3, 4, 6, 7, 0]);
  });

  test('sees months in names, and leaves no file to two sources', async () => {
    const order = (no: number) => `order_no,date,total\n${no},2026-01-01,5\n`;
    const { sources, text } = await start({
      'till Jan 2026.csv': order(1),
      'web.txt': 'order_no\tdate\ttotal\n70\t2026-01-01\t5\n',
      'notes.txt': 'Ask Amina; she knows\nthe till\n',
      'till Feb 2026.csv': order(1),
      'web-2025.csv': order(7),
      'web-2026.csv': order(8),
      'web-returns.csv': order(9),
      'fair March.csv': order(20),
      'fair May.csv': order(21),
      'fair stock.csv': order(22),
    });
    expect(sources.map(({ path, files }) => `${path}: ${files}`)).toEqual([
      'fair March.csv: 1',
      'fair May.csv: 1',
      'fair stock.csv: 1',
      'till *.csv: 2',
      'web-[0-9]*.csv: 2',
      'web-returns.csv: 1',
      'web.txt: 1',
    ]);
    expect(text).toContain('period: "till (.*)');
    expect((await runIt()).entities.orders?.created).toBe(9);
  });

  test('knows a list that stands in an object, and a workbook', async () => {
    const book = workbook({
      sheets: [
        {
          name: 'Customers',
          rows: rowsOf([
            ['id', 'name', 'email'],
            ['C1', 'Wanjiru Kamau', 'w@example.com'],
          ]),
        },
      ],
    });
    const { sources, text } = await start({
      'customers.xlsx': book,
      'products.json': '{"products": [{"sku": "P1", "name": "Maize Flour", "price": 210.00}]}',
    });
    expect(sources.map(({ name, entities }) => [name, entities])).toEqual([
      ['customers', ['customers']],
      ['products', ['products']],
    ]);
    expect(text).toContain('type: excel');
    expect(text).toContain('records: products');
    const { entities } = await runIt();
    expect([entities.customers?.created, entities.products?.created]).toEqual([1, 1]);
  });

  test('takes each sheet of a workbook for a source', async () => {
    const sheet = (name: string, rows: (string | number)[][]) => ({ name, rows: rowsOf(rows) });
    const { sources } = await start({
      'duka.xlsx': workbook({
        sheets: [
          sheet('Customers', [
            ['No', 'Name', 'Email'],
            ['C1', 'Wanjiru Kamau', 'w@example.com'],
          ]),
          sheet('Products', [
            ['SKU', 'Name', 'Price'],
            ['P1', 'Maize Flour', 210],
          ]),
          sheet('Orders', [
            ['Order No', 'Customer No', 'Date'],
            [1, 'C1', '2026-01-05'],
          ]),
          sheet('Order lines', [
            ['Order No', 'SKU', 'Qty', 'Price'],
            [1, 'P1', 2, 210],
          ]),
          sheet('Notes', [['call the bank', '']]),
          { ...sheet('Old', [['No', 'Name', 'Email']]), state: 'hidden' },
        ],
      }),
    });
    expect(sources.map(({ name, sheet, entities }) => `${name}, ${sheet}: ${entities}`)).toEqual([
      'customers, Customers: customers',
      'products, Products: products',
      'orders, Orders: orders',
      'order_lines, Order lines: order_items',
      'notes, Notes: ',
    ]);
    const { entities, rejects } = await runIt();
    expect(rejects).toBe(0);
    expect(Object.values(entities).map(({ created }) => created)).toEqual([1, 1, 1, 1]);
  });

  test('knows customers by their names where there is nothing else, and asks for the currency', async () => {
    const { text, doubts } = await start({
      'customers.csv': 'Name,Town\nAmina Hassan,Mombasa\nPeter Kamau,Nairobi\n',
      'sales.csv': 'Invoice No,Date,Customer,Item,Qty,Price\n1,2026-01-02,Amina Hassan,Mug,2,€5.00\n',
    });
    expect(text).toMatch(/key: Name +# only names tell customers apart: all of one name become one customer/);
    expect(text).toContain('customer_id: { from: Customer, source: customers }');
    expect(text).toMatch(/^currency: EUR +# as amounts with € are: is it that of sales\?/m);
    expect(doubts.map(({ of }) => of)).toEqual(['currency', 'customers.key']);
    const { entities, rejects } = await runIt();
    expect([rejects, entities.customers?.created, entities.orders?.created]).toEqual([0, 2, 1]);
    folder.remove();
    const flat = await start({
      'sales.csv': 'Invoice No,Date,Customer,Item,Qty,Price\n1,2026-01-02,Amina Hassan,Mug,2,5.00\n',
    });
    expect(flat.sources[0]?.entities).toEqual(['customers', 'products', 'orders', 'order_items']);
    expect(flat.text).toContain('# no file says it: what are the amounts of sales in?');
  });

  test('keeps its hands off what it cannot tell, and says so', async () => {
    const { sources, text } = await start({
      'suppliers.csv': 'id,name,email\n1,A,a@example.com\n',
      'customers.csv': 'id,name,email\n1,Wanjiru Kamau,w@example.com\n',
      // The lines of its orders stand beside each other, and nobody would miss them; 0 is every guest.
      'woo.csv':
        'order_id,order_date,order_total,tax_total,shipping_total,order_currency,customer_id,billing_first_name,billing_email,line_item_1,line_item_2\n1,2026-01-02,5.00,0,0,KES,0,Ann,a@example.com,name:Mug,\n',
    });
    expect(text).toContain('# lines: line_item_1 … line_item_2 stand beside each other and are not read');
    for (const mapping of ['customer_id: billing_email', 'tax_amount: tax_total', 'currency: order_currency'])
      expect(text).toContain(mapping);
    expect(sources.find(({ path }) => path === 'suppliers.csv')?.entities).toEqual([]);
    expect(text).toContain('# suppliers.csv: id, name, email');
    expect(text).toContain('#   by its name it holds neither');
    // Where none can be told, the example says what was seen, and can be read.
    folder.remove();
    const none = await start({
      'm-pesa.csv': 'Receipt No.,Completion Time,Details,Paid In,Withdrawn,Balance\nT1,2026-01-02,x,5,,5\n',
      'details.csv': 'Date,Product/Service,Qty,Amount\n2026-01-02,Mug,2,10\n',
      'Sales by Customer Detail.csv':
        ',Date,Num,Product/Service,Qty,Amount\nAnn,,,,,\n,2026-01-02,7,Mug,2,10\n',
    });
    expect(none.sources.map(({ why }) => why)).toEqual([
      expect.stringContaining('who bought stands in a row above theirs. Export it ungrouped'),
      'nearest to lines of orders, but no column was found with the number of an order',
      'a statement of an account: it does not say what was ordered',
    ]);
    expect(none.text).toContain('# details.csv: Date, Product/Service, Qty, Amount');
    expect((await readProject(folder.root)).sources).toHaveLength(4);
  });

  test('is an explained example where there are no files; it can be read', async () => {
    const { sources, text } = await start();
    expect(sources).toEqual([]);
    expect(text).toContain('so this is an example');
    expect((await readProject(folder.root)).sources).toHaveLength(4);
  });

  test('never replaces one that is there, of whatever kind, unless told to', async () => {
    await start(SHOP_FILES);
    const path = join(folder.root, 'pamoja.config.yaml');
    folder.write({ 'pamoja.config.yaml': 'written: by hand\n' });
    const refused = await pamoja(['init'], { cwd: folder.root });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('PAM-CLI-002 pamoja.config.yaml: is already there.');
    expect(readFileSync(path, 'utf8')).toBe('written: by hand\n');
    expect((await pamoja(['init', '--force'], { cwd: folder.root })).stdout).toContain(
      'says what 4 sources seem to hold',
    );
    expect(readFileSync(path, 'utf8')).not.toContain('by hand');
    expect(existsSync(join(folder.root, '.pamoja/postgres'))).toBe(false);
  });

  test('of a generated business finds all seven sources', async () => {
    folder = makeFolder();
    await generate({ dir: folder.root, customers: 50, products: 50, config: false });
    const { sources } = await startProject({ dir: folder.root });
    expect(sources.map(({ path, entities }) => `${path}: ${entities.join(', ')}`).sort()).toEqual([
      'catalogue/products.csv: products',
      'crm/customers.csv: customers',
      'pos/order_items.csv: order_items',
      'pos/orders.csv: orders',
      'shop/customers.ndjson: customers',
      'shop/orders.ndjson: orders, order_items',
      'shop/products.ndjson: products',
    ]);
    expect((await runIt()).ledger.every((line) => line.balanced)).toBe(true);
  });

  test.skipIf(!hasData('retail/northwind')).each(['csv', 'json'])(
    'of Northwind as %s gives the exact net sales without a word changed',
    async (kind) => {
      folder = makeFolder();
      cpSync(join(DATA, 'retail/northwind', kind), join(folder.root, 'data'), { recursive: true });
      await startProject({ dir: folder.root });
      const { entities, ledger } = await runIt();
      expect(Object.values(entities).map(({ created }) => created)).toEqual([91, 77, 830, 2155]);
      expect(ledger.find(({ entity }) => entity === 'order_items')?.amounts[0]?.accepted).toBe(
        '1265793.0395',
      );
    },
  );
});

test('what files and columns are called stays on its line', async () => {
  const { text } = await start({
    'orders.csv': 'order_id,customer_id,"Paid\nsources: { evil: { type: rest } }","a\u0085b"\n1,2,3,4\n',
    'x\ny: [.csv': '"p\nq: [",r\n1,2\n',
  });
  expect(text).toContain('# not used: customer_id, Paid sources: { evil: { type: rest } }, a b');
  const { sources } = await readProject(folder.root);
  expect(sources.map(({ name, feeds }) => [name, feeds.map(({ fields }) => fields)])).toEqual([
    ['orders', [{}]],
  ]);
});

test('a folder with a dot in its name is no file', async () => {
  folder = makeFolder();
  const dir = join(folder.root, 'new.shop');
  mkdirSync(dir);
  expect((await startProject({ dir })).file).toBe(join(dir, 'pamoja.config.yaml'));
  expect((await readProject(dir)).root).toBe(dir);
});

test('a folder that is not there is told, and not made', async () => {
  folder = makeFolder({ 'a-file': '' });
  for (const name of ['a-file/shop', 'a-file', 'shpo'])
    await expect(startProject({ dir: join(folder.root, name) })).rejects.toMatchObject({
      code: 'PAM-CLI-003',
    });
  expect(existsSync(join(folder.root, 'shpo'))).toBe(false);
});
