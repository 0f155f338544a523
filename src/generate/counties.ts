import type { CommunityName } from './communities.js';

/** A place with a post office: its name, postal code, and how many of the county's people live there. */
export type Town = readonly [name: string, postalCode: string, weight: number];

export interface County {
  name: string;
  /** Inhabitants in ten thousands, roughly. */
  weight: number;
  /** Which family names are met here, and how often. */
  communities: Partial<Record<CommunityName, number>>;
  towns: readonly Town[];
}

/** Towns are written with postal code and weight: `Ukunda 80400 4, Kwale 80403 3`. */
function county(name: string, weight: number, communities: County['communities'], towns: string): County {
  return { name, weight, communities, towns: towns.split(', ').map(town) };
}

function town(text: string): Town {
  const words = text.split(' ');
  const [code = '', weight = ''] = words.splice(-2);
  return [words.join(' '), code, Number(weight)];
}

/** The 47 counties of Kenya. */
export const COUNTIES: readonly County[] = [
  county(
    'Mombasa',
    121,
    { mijikenda: 40, swahili: 25, kamba: 12, taita: 8, luo: 8, kikuyu: 7 },
    'Mombasa 80100 6, Likoni 80110 2, Bamburi 80101 2',
  ),
  county(
    'Kwale',
    87,
    { mijikenda: 80, kamba: 12, swahili: 8 },
    'Ukunda 80400 4, Kwale 80403 3, Msambweni 80404 2',
  ),
  county(
    'Kilifi',
    145,
    { mijikenda: 84, swahili: 10, taita: 6 },
    'Kilifi 80108 3, Malindi 80200 4, Mtwapa 80109 3, Watamu 80202 1',
  ),
  county('Tana River', 32, { borana: 50, mijikenda: 30, somali: 20 }, 'Hola 70101 3, Garsen 80201 2'),
  county('Lamu', 14, { swahili: 60, kikuyu: 25, mijikenda: 15 }, 'Lamu 80500 3, Mpeketoni 80503 2'),
  county(
    'Taita Taveta',
    34,
    { taita: 80, kamba: 14, mijikenda: 6 },
    'Voi 80300 4, Wundanyi 80304 2, Taveta 80302 2',
  ),
  county('Garissa', 84, { somali: 94, borana: 6 }, 'Garissa 70100 5, Dadaab 70103 2'),
  county('Wajir', 78, { somali: 92, borana: 8 }, 'Wajir 70200 4, Habaswein 70201 2'),
  county('Mandera', 87, { somali: 96, borana: 4 }, 'Mandera 70300 4, Elwak 70301 2'),
  county('Marsabit', 46, { borana: 78, samburu: 12, somali: 10 }, 'Marsabit 60500 3, Moyale 60700 3'),
  county('Isiolo', 27, { borana: 45, meru: 25, samburu: 15, somali: 15 }, 'Isiolo 60300 1'),
  county('Meru', 155, { meru: 92, kikuyu: 8 }, 'Meru 60200 5, Maua 60600 3, Nkubu 60202 2, Timau 10406 1'),
  county('Tharaka Nithi', 39, { meru: 92, embu: 8 }, 'Chuka 60400 4, Marimanti 60215 1'),
  county('Embu', 61, { embu: 78, kikuyu: 12, kamba: 10 }, 'Embu 60100 5, Runyenjes 60103 2, Siakago 60104 1'),
  county('Kitui', 114, { kamba: 97, kikuyu: 3 }, 'Kitui 90200 4, Mwingi 90400 3, Mutomo 90201 1'),
  county(
    'Machakos',
    142,
    { kamba: 88, kikuyu: 8, luo: 4 },
    'Machakos 90100 4, Athi River 00204 4, Kangundo 90115 2, Tala 90131 1',
  ),
  county(
    'Makueni',
    99,
    { kamba: 97, taita: 3 },
    'Wote 90300 3, Makindu 90138 2, Mtito Andei 90128 1, Emali 90121 2',
  ),
  county('Nyandarua', 64, { kikuyu: 97, kalenjin: 3 }, 'Ol Kalou 20303 4, Engineer 20212 2'),
  county(
    'Nyeri',
    76,
    { kikuyu: 96, meru: 4 },
    'Nyeri 10100 5, Karatina 10101 3, Othaya 10106 2, Mweiga 10104 1',
  ),
  county(
    'Kirinyaga',
    61,
    { kikuyu: 90, embu: 10 },
    "Kerugoya 10300 3, Kutus 10304 2, Sagana 10230 2, Wang'uru 10303 2",
  ),
  county(
    "Murang'a",
    106,
    { kikuyu: 98, kamba: 2 },
    "Murang'a 10200 4, Kangema 10202 2, Maragua 10205 2, Kenol 01020 2",
  ),
  county(
    'Kiambu',
    242,
    { kikuyu: 80, kamba: 6, luhya: 6, luo: 5, kisii: 3 },
    'Kiambu 00900 3, Thika 01000 5, Ruiru 00232 5, Kikuyu 00902 3, Limuru 00217 2, Juja 01001 2',
  ),
  county('Turkana', 93, { turkana: 97, pokot: 3 }, 'Lodwar 30500 4, Kakuma 30501 3, Lokichoggio 30503 1'),
  county('West Pokot', 62, { pokot: 90, kalenjin: 6, luhya: 4 }, 'Kapenguria 30600 3, Sigor 30602 1'),
  county('Samburu', 31, { samburu: 82, turkana: 10, kikuyu: 8 }, 'Maralal 20600 3, Baragoi 20601 1'),
  county(
    'Trans Nzoia',
    99,
    { luhya: 62, kalenjin: 28, kikuyu: 7, teso: 3 },
    'Kitale 30200 5, Endebess 30201 1, Kiminini 30209 2',
  ),
  county(
    'Uasin Gishu',
    116,
    { kalenjin: 68, luhya: 14, kikuyu: 12, luo: 6 },
    "Eldoret 30100 7, Burnt Forest 30102 1, Turbo 30106 1, Moi's Bridge 30202 1",
  ),
  county('Elgeyo Marakwet', 45, { kalenjin: 98, luhya: 2 }, 'Iten 30700 4, Kapsowar 30705 2'),
  county('Nandi', 89, { kalenjin: 92, luhya: 8 }, 'Kapsabet 30300 4, Nandi Hills 30301 2, Mosoriot 30307 1'),
  county(
    'Baringo',
    67,
    { kalenjin: 90, turkana: 4, kikuyu: 6 },
    'Kabarnet 30400 3, Eldama Ravine 20103 3, Marigat 30403 1',
  ),
  county(
    'Laikipia',
    52,
    { kikuyu: 66, samburu: 12, meru: 12, kalenjin: 10 },
    'Nanyuki 10400 4, Nyahururu 20300 3, Rumuruti 20321 1',
  ),
  county(
    'Nakuru',
    216,
    { kikuyu: 56, kalenjin: 24, luo: 7, luhya: 8, kisii: 5 },
    'Nakuru 20100 6, Naivasha 20117 4, Gilgil 20116 2, Molo 20106 2, Njoro 20107 2',
  ),
  county('Narok', 116, { maasai: 56, kalenjin: 30, kikuyu: 9, kisii: 5 }, 'Narok 20500 4, Kilgoris 40700 2'),
  county(
    'Kajiado',
    112,
    { maasai: 44, kikuyu: 26, kamba: 15, luo: 8, luhya: 7 },
    'Kajiado 01100 2, Kitengela 00242 4, Ngong 00208 3, Ongata Rongai 00511 4, Loitokitok 00209 1',
  ),
  county(
    'Kericho',
    90,
    { kalenjin: 92, kisii: 5, luo: 3 },
    'Kericho 20200 5, Litein 20210 2, Kipkelion 20202 1',
  ),
  county('Bomet', 88, { kalenjin: 97, kisii: 3 }, 'Bomet 20400 3, Sotik 20406 2'),
  county(
    'Kakamega',
    187,
    { luhya: 95, luo: 5 },
    'Kakamega 50100 5, Mumias 50102 3, Butere 50101 1, Malava 50103 1',
  ),
  county('Vihiga', 59, { luhya: 97, luo: 3 }, 'Mbale 50300 2, Luanda 50307 2, Chavakali 50317 1'),
  county(
    'Bungoma',
    167,
    { luhya: 88, kalenjin: 7, teso: 5 },
    'Bungoma 50200 4, Webuye 50205 3, Kimilili 50204 2, Chwele 50202 1',
  ),
  county(
    'Busia',
    89,
    { luhya: 58, teso: 34, luo: 8 },
    'Busia 50400 4, Malaba 50408 2, Nambale 50409 1, Port Victoria 50410 1',
  ),
  county('Siaya', 99, { luo: 96, luhya: 4 }, 'Siaya 40600 3, Bondo 40601 2, Ugunja 40606 2'),
  county(
    'Kisumu',
    116,
    { luo: 86, luhya: 8, kisii: 3, kikuyu: 3 },
    'Kisumu 40100 7, Ahero 40101 1, Maseno 40105 1, Muhoroni 40107 1',
  ),
  county(
    'Homa Bay',
    113,
    { luo: 97, luhya: 3 },
    'Homa Bay 40300 3, Oyugis 40222 2, Mbita 40305 2, Kendu Bay 40301 1',
  ),
  county(
    'Migori',
    112,
    { luo: 76, kuria: 18, kisii: 6 },
    'Migori 40400 4, Rongo 40404 2, Awendo 40405 2, Kehancha 40413 1',
  ),
  county('Kisii', 127, { kisii: 96, luo: 4 }, 'Kisii 40200 5, Ogembo 40204 2, Keroka 40202 2'),
  county('Nyamira', 61, { kisii: 97, luo: 3 }, 'Nyamira 40500 3, Nyansiongo 40502 1'),
  county(
    'Nairobi',
    440,
    {
      kikuyu: 29,
      luhya: 17,
      luo: 15,
      kamba: 15,
      kisii: 6,
      kalenjin: 4,
      meru: 3,
      embu: 1,
      somali: 5,
      mijikenda: 1,
      swahili: 1,
      maasai: 1,
      taita: 1,
      borana: 1,
    },
    'Nairobi 00100 5, Nairobi 00200 4, Nairobi 00600 2, Nairobi 00800 2, Nairobi 00618 2, Nairobi 00515 2, Nairobi 00610 1, Nairobi 00505 1, Nairobi 00502 1',
  ),
];
