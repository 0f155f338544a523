/** ISO 4217 codes in use, and what people write for a currency. */
const CODES =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG';
const WORDS =
  'kshs? sh(?:s|illings?)? ushs? tshs? bob br birr fr frw francs? rs rupees? r rand kr zł naira cedis? euros? dollars? pounds? shilingi';

/** The codes as a list. */
export const CURRENCY_CODES: readonly string[] = CODES.split(' ');

const SYMBOL = String.raw`(?i:us|au|a|ca|c|nz|hk|s|r|n|gh)?\p{Sc}`;
const LETTER = 'A-Za-z\u0141\u0142';

/** A regular expression for one word or symbol, in a text of which `ONLY_CURRENCIES` says that each is a currency. */
export const CURRENCY = `(?:[${LETTER}]+\\.?|${SYMBOL})`;

/**
 * One for a whole text in which every word is a currency, code or symbol, without case, and no two touch. Asked once,
 * it spares the patterns of amounts all the words, each time that they may stand there: compiled, those take 15 ms.
 */
export const ONLY_CURRENCIES = (() => {
  const other = `[^${LETTER}\\p{Sc}]`;
  const known = `(?i:${[...WORDS.split(' '), ...CURRENCY_CODES].join('|')})\\.?|${SYMBOL}`;
  return `${other}*(?:(?:${known})(?:${other}+|$))*`;
})();
