import type { Plan } from './generate-options.js';

/** Where the API of the web shop's products is, behind host and port. */
export const PRODUCTS_API = '/api/products';

/** Asked for where nobody names another port. */
export const USUAL_PORT = 4254;

/** The address of the API on this machine. */
export function productsUrl(port: number): string {
  return `http://127.0.0.1:${port}${PRODUCTS_API}`;
}

/**
 * The configuration of the generated business: an example to read. It is written beside the files, where a person
 * changes it.
 */
export function projectYaml({ crm, api, dirt }: Pick<Plan, 'crm' | 'api' | 'dirt'> = USUAL): string {
  const sheet = crm === 'xlsx';
  // Two thirds of the dirt are no rejects, but files are not dirty in equal parts.
  const limit = dirt > 0.1 ? `rejects: { maxShare: 0.5 }   # this business is dirtier than most\n` : '';
  return CONFIG.replace('<limit>\n', limit)
    .replace('<crm>', sheet ? CRM_SHEET : CRM_CSV)
    .replace('<born>', sheet ? '["%Y-%m-%d", "%d/%m/%Y"]' : '"%d/%m/%Y"')
    .replace('<registered>', sheet ? '"%Y-%m-%d %H:%M:%S"' : '"%d/%m/%Y %H:%M"')
    .replace('<shop products>', api ? SHOP_API : SHOP_FILE);
}

const USUAL = { crm: 'csv', api: false, dirt: 0.02 } as const;

const CRM_CSV = `type: csv
    path: crm/customers.csv`;

const CRM_SHEET = `type: excel
    path: crm/customers.xlsx           # the header is found below the titles
    totals: { row: TOTAL, columns: Points }   # the last row is no customer; its sum must come out`;

const SHOP_FILE = `type: ndjson
    path: shop/products.ndjson`;

const SHOP_API = `type: rest                           # an API, page after page; pamoja generate --serve starts it
    url: ${productsUrl(USUAL_PORT)}
    allowPrivate: true                   # it is on this machine
    pagination: { kind: offset, param: skip, size: 100 }`;

const CONFIG = `# How the systems of this business become one database.
# Each source below is a file or an API. For each it says which column becomes which field.

name: duka
country: KE        # phone numbers without +254 are Kenyan
currency: KES      # amounts are in shillings where a file does not say
timezone: Africa/Nairobi
<limit>
sources:

  # The customer list of the counter staff. It comes first, so where two systems disagree it is believed.
  crm:
    <crm>
    entities:
      customers:
        key: Customer ID                 # what tells one record from another
        fields:
          first_name: { from: Full Name, split: { part: given }, case: title, required: true }
          last_name: { from: Full Name, split: { part: family }, case: title }
          gender: { from: Gender, values: { female: [F], male: [M] } }
          email: Email Address
          phone: Mobile                  # 0712 345 678 and +254712345678 are the same number
          address_line1: P.O. Box
          city: Town
          region: County
          postal_code: Postal Code
          country: { constant: Kenya }
          birth_date: { from: Date of Birth, format: <born> }
          marketing_consent: Newsletter
          created_at: { from: Registered On, format: <registered> }

  # Accounts of the web shop. Many of these people are in the CRM too:
  # the same e-mail or the same phone makes them one customer.
  shop_customers:
    type: ndjson                         # one JSON object a line
    path: shop/customers.ndjson
    entities:
      customers:
        key: id
        fields:
          first_name: { from: first_name, case: title }
          last_name: { from: last_name, case: title }
          gender: gender
          email: { from: email, required: true }   # without one the record is refused
          phone: phone
          address_line1: address.street  # a dot goes one level down
          address_line2: address.building
          city: address.city
          region: address.county
          postal_code: address.postal_code
          country: { constant: Kenya }
          birth_date: birth_date
          marketing_consent: marketing
          created_at: created_at

  # The catalogue of head office, saved from a spreadsheet.
  catalogue:
    type: csv
    path: catalogue/products.csv
    delimiter: ";"
    entities:
      products:
        key: SKU
        fields:
          product_name: { from: Product, maxLength: 200 }
          sku: { from: SKU, pattern: '^[A-Z]{3}-\\d{6,}$', severity: reject }
          category: Category
          brand: Brand
          unit: Unit
          price: { from: Price, severity: reject }   # KSh 1,200.00; a negative price refuses the record
          currency: { constant: KES }
          stock_quantity: In Stock
          created_at: { from: Listed, format: "%d/%m/%Y" }

  # What the web shop sells. The same SKU as in the catalogue is the same product.
  shop_products:
    <shop products>
    entities:
      products:
        key: id
        fields:
          product_name: title
          sku: { from: sku, unique: true }   # two records with one SKU are both refused
          category: { from: category, case: title }
          brand: brand
          price: { from: price, severity: reject }
          currency: currency
          stock_quantity: stock
          created_at: created_at

  # Receipts of the tills, and in a file of their own the lines on them.
  pos_orders:
    type: csv
    path: pos/orders.csv
    entities:
      orders:
        key: Receipt No
        where: "\\"Receipt No\\" NOT LIKE 'T%'"   # new staff practise with receipts that begin with T
        fields:
          customer_id: { from: Customer No, source: crm }   # a key of the CRM
          order_number: Receipt No
          order_date: { from: Date, format: "%d/%m/%Y" }
          ordered_at: { from: [Date, Time], format: "%d/%m/%Y %H:%M" }
          order_type: { from: Type, lookup: { Sale: sale, Refund: return } }   # anything else refuses the receipt
          status: { from: Status, values: { completed: [Paid], cancelled: [Void] } }
          channel: Channel
          currency: { constant: KES }
          total_amount: Total KES        # must be the sum of the lines

  pos_items:
    type: csv
    path: pos/order_items.csv
    entities:
      order_items:
        key: [Receipt No, Line]
        where: "\\"Receipt No\\" NOT LIKE 'T%'"
        fields:
          order_id: { from: Receipt No, source: pos_orders }
          product_id: { from: SKU, by: sku }               # whoever lists this SKU
          line_number: Line
          quantity: Qty
          unit_price: Unit Price
          discount_amount: Discount
          subtotal: Amount               # must be quantity × price − discount

  # Orders of the web shop, each with its lines inside.
  shop_orders:
    type: ndjson
    path: shop/orders.ndjson
    entities:
      orders:
        key: order_no
        fields:
          customer_id: { from: customer.id, source: shop_customers }
          order_number: order_no
          order_date: order_date
          ordered_at: placed_at
          order_type: type               # sale or return; anything else refuses the order
          status: status
          channel: channel
          currency: currency
          shipping_amount: shipping
          total_amount: total
      order_items:
        each: lines                      # every element of this list is a record
        key: ["^order_no", line]         # ^ goes up from the line to its order
        fields:
          order_id: "^order_no"
          product_id: { from: sku, by: sku }
          line_number: line
          quantity: quantity
          unit_price: price
          discount_amount: discount
          subtotal: subtotal
`;
