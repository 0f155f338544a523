import type { Entity, Field, FieldType } from './entity.js';

function field(name: string, type: FieldType, description: string, more: Partial<Field> = {}): Field {
  return { name, type, description, ...more };
}

const personal = { personal: true };
const source = field('source_system', 'text', 'The source the row comes from', { provenance: 'source' });
const key = field('source_key', 'text', 'The key of the record in that source', { provenance: 'key' });

/** The two columns that every document ends with: its link to the source. */
export const PROVENANCE: readonly Field[] = [source, key];

/**
 * The unified schema. The first columns of each table are those of the project Pamoja grew out of, in their
 * order, so that its queries run as they are; after them come the columns that real sales need.
 */
export const UNIFIED: readonly Entity[] = [
  {
    name: 'customers',
    kind: 'master',
    description: 'One row a person or business that buys, however many systems know them',
    id: 'customer_id',
    fields: [
      field('first_name', 'text', 'Given name, or the name of a business', personal),
      field('last_name', 'text', 'Family name', personal),
      field('email', 'email', 'E-mail address in lower case', personal),
      field('phone', 'phone', 'Phone number in E.164, such as +254712345678', personal),
      field('address_line1', 'text', 'Street and number, or P.O. box', personal),
      field('address_line2', 'text', 'Building, floor, apartment', personal),
      field('city', 'text', 'City or town'),
      field('country', 'text', 'Country'),
      field('created_at', 'timestamp', 'When the customer became one, UTC; else when first published', {
        firstSeen: true,
      }),
      field('gender', 'text', 'Gender as the source gives it', personal),
      field('region', 'text', 'County, state or province'),
      field('postal_code', 'text', 'Postal code; text, for its leading zeros', personal),
      field('birth_date', 'date', 'Date of birth', personal),
      field('marketing_consent', 'boolean', 'Whether the customer agreed to be written to'),
      field('updated_at', 'timestamp', 'When the source last changed the record, UTC'),
    ],
    identifiers: [
      { field: 'email', guard: ['first_name', 'last_name'], within: true },
      { field: 'phone', guard: ['first_name', 'last_name'], within: true },
    ],
    placeholder: { field: 'first_name', name: 'Walk-in' },
  },
  {
    name: 'products',
    kind: 'master',
    description: 'One row a sellable variant, however many catalogues list it',
    id: 'product_id',
    fields: [
      field('product_name', 'text', 'Name as sold', { required: true }),
      field('price', 'money', 'Catalogue price in `currency`', { min: 0 }),
      field('stock_quantity', 'decimal', 'Units in stock', { min: 0 }),
      field('source_system', 'text', 'The source whose record leads', { provenance: 'source' }),
      field('created_at', 'timestamp', 'When the product was first listed, UTC; else when first published', {
        firstSeen: true,
      }),
      field('sku', 'text', 'Stock keeping unit, as the business writes it'),
      field('gtin', 'text', 'Barcode number (GTIN, EAN, UPC)'),
      field('category', 'text', 'Category'),
      field('brand', 'text', 'Brand'),
      field('unit', 'text', 'Unit of sale: piece, kg, litre'),
      field('currency', 'text', 'Currency of the price, ISO 4217', { pattern: '^[A-Z]{3}$' }),
      field('updated_at', 'timestamp', 'When the source last changed the record, UTC'),
    ],
    identifiers: [{ field: 'sku', within: false }],
    placeholder: { field: 'product_name', name: 'Unnamed product' },
  },
  {
    name: 'orders',
    kind: 'document',
    description: 'One row an order, sale or return',
    id: 'order_id',
    fields: [
      field('customer_id', 'reference', 'Who ordered', { entity: 'customers' }),
      field('order_date', 'date', "Day of the order in the project's time zone", { required: true }),
      field('total_amount', 'money', 'What the customer pays, in `currency`', { severity: 'reject' }),
      field('order_number', 'text', 'Number as printed for the customer'),
      field('ordered_at', 'timestamp', 'Moment of the order, UTC'),
      field('order_type', 'text', 'sale or return', { allowed: ['sale', 'return'], severity: 'reject' }),
      field('status', 'text', 'State of the order in the source: paid, cancelled, …'),
      field('channel', 'text', 'Where it was sold: shop, web, …'),
      field('currency', 'text', 'Currency of the amounts, ISO 4217', {
        pattern: '^[A-Z]{3}$',
        severity: 'reject',
      }),
      field('discount_amount', 'money', 'Discount on the whole order'),
      field('tax_amount', 'money', 'Tax added to the lines'),
      field('shipping_amount', 'money', 'Freight charged'),
      source,
      key,
    ],
    measures: [{ field: 'total_amount', currency: 'currency' }],
    equations: [
      {
        name: 'total',
        field: 'total_amount',
        equals:
          '{order_items.subtotal} - coalesce(discount_amount, 0) + coalesce(tax_amount, 0) + coalesce(shipping_amount, 0)',
        needs: ['total_amount'],
        tolerance: 0.01,
        severity: 'reject',
      },
    ],
  },
  {
    name: 'order_items',
    kind: 'document',
    description: 'One row a line of an order',
    id: 'order_item_id',
    fields: [
      field('order_id', 'reference', 'The order that the line is part of', {
        entity: 'orders',
        part: true,
        required: true,
      }),
      field('product_id', 'reference', 'What was sold', { entity: 'products' }),
      field('quantity', 'decimal', 'How many; goods are sold by weight too', { required: true }),
      field('unit_price', 'money', 'Price of one unit as sold', { required: true }),
      field('subtotal', 'money', 'quantity × unit_price − discount_amount', { severity: 'reject' }),
      field('line_number', 'integer', 'Position on the order'),
      field('discount_amount', 'money', 'Discount on the line'),
      field('tax_amount', 'money', 'Tax on the line'),
      source,
      key,
    ],
    measures: [{ field: 'subtotal' }],
    equations: [
      {
        name: 'subtotal',
        field: 'subtotal',
        equals:
          'quantity::DECIMAL(18,4)::DECIMAL(28,4) * unit_price::DECIMAL(28,4) - coalesce(discount_amount, 0)',
        needs: ['subtotal', 'quantity', 'unit_price'],
        tolerance: 0.01,
        severity: 'reject',
      },
    ],
  },
];
