/** A size or make of an item, with what it costs in Kenyan shillings. */
export type Size = readonly [label: string, price: number];

export interface Item {
  name: string;
  unit: 'piece' | 'kg' | 'litre' | 'pack' | 'bunch' | 'pair' | 'set';
  sizes: readonly Size[];
}

export interface Category {
  name: string;
  /** Begins the stock keeping units of the category. */
  code: string;
  /** Invented makers; none is a mark that we know of. */
  brands: readonly string[];
  /** What a maker sells an item as, the plain one first, and the price of each against it. */
  variants: readonly (readonly [label: string, factor: number])[];
  items: readonly Item[];
}

function item(name: string, unit: Item['unit'], ...sizes: readonly Size[]): Item {
  return { name, unit, sizes };
}

const packs = [
  ['', 1],
  ['Value Pack', 1.9],
  ['Family Pack', 3.6],
  ['Classic', 1.05],
  ['Premium', 1.25],
  ['Organic', 1.4],
] as const;
const homes = [
  ['', 1],
  ['Classic', 1.08],
  ['Deluxe', 1.3],
  ['Compact', 0.85],
  ['Plus', 1.15],
] as const;
const makes = [
  ['', 1],
  ['Pro', 1.3],
  ['Lite', 0.8],
  ['Max', 1.5],
  ['2026 Edition', 1.1],
] as const;
const looks = [
  ['Black', 1],
  ['Navy', 1],
  ['Maroon', 1.02],
  ['Green', 1],
  ['White', 0.98],
  ['Orange', 1.03],
] as const;
const woods = [
  ['Mahogany', 1.2],
  ['Cypress', 0.9],
  ['Walnut Finish', 1.1],
  ['White', 1],
  ['Grey', 1],
] as const;

/** What the business sells. */
export const CATEGORIES: readonly Category[] = [
  {
    name: 'Groceries',
    code: 'GRO',
    variants: packs,
    brands: ['Kilele', 'Bustani Bora', 'Mawingu', 'Ziwani', 'Shamba Letu', 'Chaguo'],
    items: [
      item('Maize Flour', 'pack', ['1kg', 98], ['2kg', 189], ['5kg', 465]),
      item('Wheat Flour', 'pack', ['1kg', 105], ['2kg', 205]),
      item('Basmati Rice', 'pack', ['1kg', 260], ['2kg', 505], ['5kg', 1240]),
      item('Pishori Rice', 'pack', ['1kg', 230], ['5kg', 1120]),
      item('Sugar', 'pack', ['500g', 88], ['1kg', 168], ['2kg', 330]),
      item('Cooking Oil', 'litre', ['500ml', 175], ['1L', 330], ['3L', 965], ['5L', 1590]),
      item('Sukuma Wiki', 'bunch', ['bunch', 25]),
      item('Ndengu', 'pack', ['1kg', 185], ['2kg', 360]),
      item('Beans Nyayo', 'pack', ['1kg', 210], ['2kg', 410]),
      item('Omena', 'pack', ['250g', 180], ['500g', 345]),
      item('Ugali Mix', 'pack', ['2kg', 215]),
      item('Uji Flour', 'pack', ['500g', 95], ['1kg', 180]),
      item('Iodised Salt', 'pack', ['500g', 22], ['1kg', 42]),
      item('Groundnuts', 'pack', ['250g', 110], ['500g', 210]),
      item('Pilau Masala', 'pack', ['50g', 85], ['100g', 160]),
      item('Honey', 'piece', ['250g', 295], ['500g', 560]),
      item('Spaghetti', 'pack', ['400g', 115], ['500g', 138]),
      item('Tomato Paste', 'piece', ['70g', 30], ['400g', 160]),
    ],
  },
  {
    name: 'Beverages',
    code: 'BEV',
    variants: packs,
    brands: ['Asubuhi', 'Mto Safi', 'Korongo', 'Highland Dawn', 'Tausi'],
    items: [
      item('Tea Leaves', 'pack', ['100g', 70], ['250g', 165], ['500g', 320]),
      item('Ground Coffee', 'pack', ['100g', 290], ['250g', 640]),
      item('Mineral Water', 'piece', ['500ml', 40], ['1L', 65], ['5L', 210]),
      item('Mango Juice', 'piece', ['500ml', 95], ['1L', 180]),
      item('Passion Juice', 'piece', ['500ml', 98], ['1L', 190]),
      item('Fresh Milk', 'litre', ['500ml', 62], ['1L', 120]),
      item('Mala', 'piece', ['500ml', 78]),
      item('Drinking Chocolate', 'piece', ['250g', 285], ['500g', 540]),
      item('Ginger Soda', 'piece', ['300ml', 45], ['2L', 185]),
      item('Madafu Drink', 'piece', ['330ml', 90]),
    ],
  },
  {
    name: 'Household',
    code: 'HOU',
    variants: homes,
    brands: ['Zuri Nyumbani', 'Jikoni Plus', 'Safi Kabisa', 'Tausi Home'],
    items: [
      item('Bar Soap', 'piece', ['800g', 155], ['1kg', 190]),
      item('Washing Powder', 'pack', ['500g', 165], ['1kg', 310], ['5kg', 1450]),
      item('Charcoal Jiko', 'piece', ['small', 650], ['large', 1250]),
      item('Sufuria Set', 'set', ['3-piece', 1450], ['5-piece', 2350], ['7-piece', 3400]),
      item('Thermos Flask', 'piece', ['1L', 890], ['2L', 1390], ['3L', 1850]),
      item('Plastic Basin', 'piece', ['20L', 290], ['35L', 420]),
      item('Mosquito Net', 'piece', ['4x6', 690], ['6x6', 950]),
      item('Fleece Blanket', 'piece', ['4x6', 1150], ['6x6', 1650]),
      item('Water Jerrican', 'piece', ['10L', 240], ['20L', 380]),
      item('Chapati Pan', 'piece', ['26cm', 780], ['30cm', 990]),
      item('Toilet Tissue', 'pack', ['4 rolls', 140], ['10 rolls', 330]),
      item('Kiondo Basket', 'piece', ['medium', 1200], ['large', 1800]),
    ],
  },
  {
    name: 'Electronics',
    code: 'ELE',
    variants: makes,
    brands: ['Nuru', 'Jua Tech', 'Umeme One', 'Sautika', 'Mwanga'],
    items: [
      item('Smart TV', 'piece', ['32"', 16999], ['43"', 29999], ['55"', 46999]),
      item('Smartphone', 'piece', ['64GB', 11499], ['128GB', 15999], ['256GB', 23999]),
      item('Laptop Slim', 'piece', ['14"', 48500], ['15.6"', 56500]),
      item('Bluetooth Speaker', 'piece', ['10W', 2199], ['20W', 3499], ['60W', 7999]),
      item('Solar Lantern', 'piece', ['2W', 1250], ['5W', 2350]),
      item('Solar Panel', 'piece', ['50W', 5400], ['100W', 9900]),
      item('Power Bank', 'piece', ['10000mAh', 1799], ['20000mAh', 2999]),
      item('Electric Kettle', 'piece', ['1.7L', 1650], ['2.2L', 2150]),
      item('Iron Box', 'piece', ['1200W', 1450], ['1600W', 1950]),
      item('Microwave', 'piece', ['20L', 9499], ['25L', 12999]),
      item('Pocket Radio', 'piece', ['FM', 890], ['FM/SW', 1390]),
      item('Earphones', 'pair', ['wired', 350], ['wireless', 1899]),
      item('LED Bulb', 'piece', ['7W', 160], ['12W', 240]),
    ],
  },
  {
    name: 'Furniture',
    code: 'FUR',
    variants: woods,
    brands: ['Fundi House', 'Mvule', 'Nyumba Bora'],
    items: [
      item('Dining Table', 'piece', ['4-seater', 18500], ['6-seater', 27500]),
      item('Office Chair', 'piece', ['mid-back', 7900], ['high-back', 11900]),
      item('Sofa', 'piece', ['2-seater', 24500], ['3-seater', 33500], ['5-seater', 58000]),
      item('Bookshelf', 'piece', ['3-tier', 5200], ['5-tier', 7800]),
      item('Bed', 'piece', ['4x6', 15500], ['5x6', 18900], ['6x6', 22900]),
      item('Coffee Table', 'piece', ['round', 6400], ['square', 5900]),
      item('Wardrobe', 'piece', ['2-door', 19500], ['3-door', 27900]),
      item('TV Stand', 'piece', ['120cm', 7400], ['160cm', 9800]),
      item('Study Desk', 'piece', ['100cm', 6900], ['120cm', 8500]),
    ],
  },
  {
    name: 'Clothing',
    code: 'CLO',
    variants: looks,
    brands: ['Maridadi', 'Kanga Kid', 'Pwani Thread', 'Simulizi'],
    items: [
      item('Kitenge Dress', 'piece', ['S', 2400], ['M', 2400], ['L', 2500], ['XL', 2650]),
      item('Kanga', 'pair', ['pair', 850]),
      item('Kikoi', 'piece', ['standard', 950]),
      item('Kitenge Shirt', 'piece', ['M', 1600], ['L', 1650], ['XL', 1750]),
      item('Cotton T-Shirt', 'piece', ['S', 650], ['M', 650], ['L', 680], ['XL', 720]),
      item('School Sweater', 'piece', ['28', 750], ['32', 850], ['36', 950]),
      item('Maasai Shuka', 'piece', ['standard', 1100]),
      item('Leather Sandals', 'pair', ['38', 1250], ['40', 1300], ['42', 1350], ['44', 1400]),
      item('Jeans', 'piece', ['30', 1500], ['32', 1500], ['34', 1550], ['36', 1600]),
      item('Rain Jacket', 'piece', ['M', 2300], ['L', 2400]),
    ],
  },
  {
    name: 'Stationery',
    code: 'STA',
    variants: homes,
    brands: ['Elimu', 'Kalamu Kuu', 'Darasa'],
    items: [
      item('Exercise Book', 'piece', ['48 pages', 25], ['96 pages', 45], ['200 pages', 90]),
      item('Ball Pens', 'pack', ['5-pack', 75], ['12-pack', 165], ['50-pack', 620]),
      item('Geometry Set', 'set', ['standard', 240]),
      item('Printing Paper', 'pack', ['A4 ream', 650], ['A3 ream', 1290]),
      item('School Bag', 'piece', ['small', 1100], ['large', 1650]),
      item('Crayons', 'pack', ['12', 130], ['24', 230]),
      item('Box File', 'piece', ['A4', 190]),
      item('Desk Calendar', 'piece', ['2026', 350]),
    ],
  },
  {
    name: 'Personal care',
    code: 'CAR',
    variants: packs,
    brands: ['Urembo', 'Nazi Pure', 'Safisha', 'Mrembo Asili'],
    items: [
      item('Petroleum Jelly', 'piece', ['100g', 95], ['250g', 195]),
      item('Shea Body Lotion', 'piece', ['200ml', 260], ['400ml', 450]),
      item('Toothpaste', 'piece', ['75ml', 120], ['140ml', 210]),
      item('Bath Soap', 'piece', ['100g', 65], ['175g', 110]),
      item('Coconut Hair Oil', 'piece', ['100ml', 180], ['250ml', 390]),
      item('Sanitary Pads', 'pack', ['8', 85], ['16', 160]),
      item('Baby Diapers', 'pack', ['20', 480], ['44', 980]),
      item('Hand Sanitiser', 'piece', ['50ml', 90], ['500ml', 420]),
      item('Shampoo', 'piece', ['200ml', 290], ['400ml', 520]),
    ],
  },
];
