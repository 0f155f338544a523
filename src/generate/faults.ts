/*
 * What is wrong with the records that are made only to be refused. Each fault begins with the name of the system
 * that has it, and the file that holds such a record says which rule will refuse it.
 */

export const CUSTOMER_FAULTS = ['crm-nameless', 'shop-mailless', 'crm-keyless'] as const;

export const PRODUCT_FAULTS = [
  'catalogue-negative',
  'catalogue-nameless',
  'shop-priceless',
  'shop-nameless',
  'catalogue-misnumbered',
  'shop-foreign',
  'catalogue-wordy',
  'shop-doubled',
  'catalogue-nul',
] as const;

export const ORDER_FAULTS = [
  'pos-date',
  'pos-total',
  'pos-quantity',
  'shop-date',
  'shop-quantity',
  'pos-subtotal',
  'pos-kind',
  'shop-kind',
  'pos-stranger',
  'pos-barred',
  'pos-unlisted',
  'shop-delisted',
  'pos-conflict',
] as const;
