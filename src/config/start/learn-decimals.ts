import type { SampledField } from './sampled-fields.js';

/** `12,50`, `1.234,5`, `1 234,56`, `0,125`, `1.234.567`: what stands behind a comma are decimals. */
const COMMA = /^\D*(?:\d[\d. \u00a0\u202f'’]*,\d{1,2}|0,\d+|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?)\D*$/;
/** `12.50`, `1,234.5`, `0.125`, `1234.567`, `1,234,567`, `1,23,456`. */
const POINT =
  /^\D*(?:\d[\d, \u00a0\u202f'’]*\.\d{1,2}|0\.\d+|\d{4,}\.\d+|\d[\d,]*,\d{2,3},\d{3}(?:\.\d+)?)\D*$/;
/** `1.500` is fifteen hundred, or one and a half. */
const OPEN = /^\D*[1-9]\d{0,2}\.\d{3}\D*$/;

/**
 * Learns what stands before the decimals of a source. Where only `1.500` and the like are there, nobody can tell:
 * amounts have no three decimals as a rule, so the point is taken for one between thousands, and asked about.
 */
export function learnDecimals(fields: readonly SampledField[]): void {
  for (const source of new Set(fields.map((field) => field.source))) {
    const own = fields.filter((field) => field.source === source);
    const [comma, point] = [COMMA, POINT].map((form) =>
      own.filter(({ values }) => values.some((value) => form.test(value))),
    ) as [SampledField[], SampledField[]];
    if (comma.length > 0 && point.length === 0) source.decimal = ',';
    else if (comma.length > 0) {
      for (const { mapping } of comma.filter((field) => !point.includes(field))) mapping.decimal = ',';
      for (const field of comma.filter((each) => point.includes(each))) tellBoth(field);
    } else if (point.length === 0 && source.type === 'csv') askForPoint(own);
  }
}

/** A person knows that `12,50` and `12.50` are the same; that is not guessed, amount by amount. */
function tellBoth({ source, feed, name, values }: SampledField): void {
  const [comma = '', point = ''] = [COMMA, POINT].map((form) => values.find((value) => form.test(value)));
  const refused = source.decimal === ',' ? point : comma;
  feed.notes[name] =
    `written both as "${comma}" and as "${point}": those like "${refused}" are refused until they are written like the others`;
}

function askForPoint(fields: readonly SampledField[]): void {
  const open = fields.filter(({ values }) => values.some((value) => OPEN.test(value)));
  const amounts = open.some(({ type }) => type === 'money');
  for (const { source, feed, name, values } of open) {
    const example = values.find((value) => OPEN.test(value)) ?? '';
    const whole = example.replace(/[^\d]/g, '');
    if (amounts) source.decimal = ',';
    feed.notes[name] = amounts
      ? `"${example}" is read as ${whole}; or are these three decimals? Then decimal: "."`
      : `"${example}" is read as a fraction; or is it ${whole}? Then decimal: ","`;
  }
}
