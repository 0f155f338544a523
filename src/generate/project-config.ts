/**
 * The configuration of the generated business: an example to read. It is written beside the files, where a person
 * changes it.
 */
export function projectYaml(): string {
  return CONFIG;
}

const CONFIG = `# How the systems of this business become one database.
# Each source below is one file. For each it says which column becomes which field.

name: duka
country: KE        # phone numbers without +254 are Kenyan
currency: KES      # amounts are in shillings where a file does not say
timezone: Africa/Nairobi

sources:

  # The customer list of the counter staff. It comes first, so where two systems disagree it is believed.
  crm:
    type: csv
    path: crm/customers.csv
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
          birth_date: { from: Date of Birth, format: "%d/%m/%Y" }
          marketing_consent: Newsletter
          created_at: { from: Registered On, format: "%d/%m/%Y %H:%M" }

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
          product_name: Product
          sku: SKU
          category: Category
          brand: Brand
          unit: Unit
          price: { from: Price, severity: reject }   # KSh 1,200.00; a negative price refuses the record
          currency: { constant: KES }
          stock_quantity: In Stock
          created_at: { from: Listed, format: "%d/%m/%Y" }

  # What the web shop sells. The same SKU as in the catalogue is the same product.
  shop_products:
    type: ndjson
    path: shop/products.ndjson
    entities:
      products:
        key: id
        fields:
          product_name: title
          sku: sku
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
        fields:
          customer_id: { from: Customer No, source: crm }   # a key of the CRM
          order_number: Receipt No
          order_date: { from: Date, format: "%d/%m/%Y" }
          ordered_at: { from: [Date, Time], format: "%d/%m/%Y %H:%M" }
          order_type: { constant: sale }
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
          order_type: { constant: sale }
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
