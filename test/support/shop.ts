import type { ProjectConfig } from '../../src/model/config.js';

/** A small shop in four files: enough to follow every row by eye. */
export const SHOP_FILES = {
  'customers.csv': `id,name,email,phone
C1,Wanjiru Kamau,wanjiru@example.com,0712 345 678
C2,Otieno Ouma,otieno@example.com,0722 111 222
C3,Amina Hassan,amina@example.com,+254733444555
`,
  'products.csv': `sku,name,price,stock
P1,Maize Flour 2kg,210.00,40
P2,Kitenge Dress,"2,500.00",12
`,
  'orders.csv': `no,customer,date,total
O1,C1,2026-01-05,420.00
O2,C2,2026-01-06,2710.00
`,
  'lines.csv': `no,sku,qty,price
O1,P1,2,210.00
O2,P1,1,210.00
O2,P2,1,"2,500.00"
`,
};

export const SHOP: ProjectConfig = {
  name: 'shop',
  currency: 'KES',
  sources: {
    crm: {
      type: 'csv',
      path: 'customers.csv',
      entities: {
        customers: {
          key: 'id',
          fields: {
            first_name: { from: 'name', split: { part: 'given' } },
            last_name: { from: 'name', split: { part: 'family' } },
            email: 'email',
            phone: 'phone',
          },
        },
      },
    },
    catalogue: {
      type: 'csv',
      path: 'products.csv',
      entities: {
        products: {
          key: 'sku',
          fields: { product_name: 'name', price: 'price', stock_quantity: 'stock', sku: 'sku' },
        },
      },
    },
    orders: {
      type: 'csv',
      path: 'orders.csv',
      entities: {
        orders: {
          key: 'no',
          fields: {
            customer_id: { from: 'customer', source: 'crm' },
            order_date: 'date',
            total_amount: 'total',
          },
        },
      },
    },
    lines: {
      type: 'csv',
      path: 'lines.csv',
      entities: {
        order_items: {
          fields: {
            order_id: { from: 'no', source: 'orders' },
            product_id: { from: 'sku', by: 'sku' },
            quantity: 'qty',
            unit_price: 'price',
          },
        },
      },
    },
  },
};
