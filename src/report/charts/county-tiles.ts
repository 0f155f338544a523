/** A county of Kenya as a tile: column 0 is west, row 0 north, laid so that neighbours stay neighbours. */
export interface CountyTile {
  name: string;
  /** For a phone, where the name has no room. */
  short: string;
  column: number;
  row: number;
}

const TILES: [name: string, short: string, column: number, row: number][] = [
  ['Baringo', 'Bar', 3, 2],
  ['Bomet', 'Bmt', 2, 5],
  ['Bungoma', 'Bgm', 0, 1],
  ['Busia', 'Bus', 0, 2],
  ['Elgeyo Marakwet', 'ElM', 3, 1],
  ['Embu', 'Emb', 5, 4],
  ['Garissa', 'Gar', 6, 4],
  ['Homa Bay', 'HBy', 0, 4],
  ['Isiolo', 'Isi', 5, 1],
  ['Kajiado', 'Kjd', 3, 7],
  ['Kakamega', 'Kak', 1, 1],
  ['Kericho', 'Krc', 2, 4],
  ['Kiambu', 'Kbu', 3, 5],
  ['Kilifi', 'Klf', 6, 7],
  ['Kirinyaga', 'Krg', 4, 4],
  ['Kisii', 'Ksi', 1, 5],
  ['Kisumu', 'Ksm', 1, 3],
  ['Kitui', 'Ktu', 5, 6],
  ['Kwale', 'Kwl', 5, 8],
  ['Laikipia', 'Lai', 4, 2],
  ['Lamu', 'Lam', 7, 6],
  ['Machakos', 'Mch', 4, 6],
  ['Makueni', 'Mkn', 4, 7],
  ['Mandera', 'Man', 6, 0],
  ['Marsabit', 'Mrs', 5, 0],
  ['Meru', 'Mru', 5, 2],
  ['Migori', 'Mig', 0, 5],
  ['Mombasa', 'Msa', 6, 8],
  ["Murang'a", 'Mrg', 4, 5],
  ['Nairobi', 'Nbi', 3, 6],
  ['Nakuru', 'Nku', 3, 4],
  ['Nandi', 'Ndi', 2, 2],
  ['Narok', 'Nrk', 2, 6],
  ['Nyamira', 'Nym', 1, 4],
  ['Nyandarua', 'Nyd', 3, 3],
  ['Nyeri', 'Nyr', 4, 3],
  ['Samburu', 'Sam', 4, 1],
  ['Siaya', 'Sia', 0, 3],
  ['Taita Taveta', 'TTv', 5, 7],
  ['Tana River', 'TRv', 6, 6],
  ['Tharaka Nithi', 'ThN', 5, 3],
  ['Trans Nzoia', 'TNz', 1, 0],
  ['Turkana', 'Tur', 3, 0],
  ['Uasin Gishu', 'UGi', 2, 1],
  ['Vihiga', 'Vih', 1, 2],
  ['Wajir', 'Waj', 6, 1],
  ['West Pokot', 'WPk', 2, 0],
];

export const COUNTY_TILES: readonly CountyTile[] = TILES.map(([name, short, column, row]) => ({
  name,
  short,
  column,
  row,
}));

/** The county of that name, however it is spelled: `Tharaka-Nithi`, `Nairobi City`, `MURANGA COUNTY`. */
export function countyNamed(text: string): CountyTile | undefined {
  return BY_SPELLING.get(spelling(text));
}

const BY_SPELLING = new Map(COUNTY_TILES.map((tile) => [spelling(tile.name), tile]));

function spelling(text: string): string {
  return text
    .toLowerCase()
    .replace(/\b(county|city)\b/g, '')
    .replace(/[^a-z]/g, '');
}
