import { PamojaError } from '../../kernel/errors.js';
import { RecordCounter } from '../json/count-records.js';
import { type JsonPath, pathText } from '../json/json-path.js';
import { JsonScanner } from '../json/json-scanner.js';
import { type Survey, surveyDocument } from '../json/survey-json.js';
import type { AnswerText } from './answer-text.js';
import { type Envelope, errorIn, errorNumberIn, readEnvelope } from './envelope.js';

/** Lists that stand beside the records in many answers. */
const BESIDE = new Set(['errors', 'warnings', 'links', 'included', 'messages']);
/** What APIs call the list of whatever was asked for. */
const USUAL = [
  'data',
  'items',
  'results',
  'records',
  'content',
  'rows',
  'entries',
  'values',
  'value',
  'list',
];

/**
 * Where the records of an answer are, if nobody declared it: the answer itself, its only list, or the one that is
 * named as the end of the address, or as usual.
 * Errors: PAM-SRC-015 where it says an error instead, PAM-SRC-017 where there is no list, or one of several.
 */
export function recogniseRecords(text: AnswerText, url: URL): JsonPath {
  const counter = new RecordCounter(['\0'], []);
  const scanner = new JsonScanner(counter, false);
  scanner.write(text.bytes);
  if (/^\s*\[/.test(text.bytes.subarray(0, 1000).toString('latin1'))) return [];
  const lists = counter.members
    .filter((name) => name.endsWith('[]'))
    .map((name) => name.slice(0, -2))
    .filter((name) => !BESIDE.has(name.toLowerCase()));
  const last = (url.pathname.split('/').filter(Boolean).at(-1) ?? '').replace(/\.json$/, '');
  const chosen =
    [last, ...USUAL].find((name) => lists.includes(name)) ?? (lists.length === 1 ? lists[0] : undefined);
  if (chosen !== undefined) return [chosen];
  refuseError(text);
  throw new PamojaError(
    'PAM-SRC-017',
    lists.length === 0
      ? 'the answer holds no list of records.'
      : `the answer holds several lists: ${lists.join(', ')}.`,
    { where: text.where, next: 'Declare where the records are: records: data.orders' },
  );
}

/**
 * Counts the records of an answer and reads what stands around them.
 * `single` allows one object in place of a list. Errors: PAM-SRC-015 where the answer says an error, PAM-SRC-017
 * where it is cut short, malformed, or holds no list at the path.
 */
export async function surveyAnswer(
  text: AnswerText,
  way: JsonPath,
  eaches: readonly JsonPath[],
  single: boolean,
): Promise<{ survey: Survey; envelope: Envelope }> {
  let survey: Survey;
  try {
    survey = await surveyDocument(text, way, eaches);
  } catch (error) {
    if (!(error instanceof PamojaError)) throw error;
    if (error.code === 'PAM-SRC-011') refuseError(text);
    const next =
      error.code === 'PAM-SRC-011'
        ? error.next
        : 'It did not arrive whole, or the API writes no JSON. Run again.';
    throw new PamojaError('PAM-SRC-017', error.message, {
      where: text.where,
      ...(next === undefined ? {} : { next }),
    });
  }
  const { found } = survey;
  if (found === undefined) throw new RangeError('a document that was surveyed has a place for its records');
  const envelope = readEnvelope(text.bytes, found, way);
  refuseErrorIn(envelope.root, text, survey.records === 0);
  if (found.kind === 'array' || (single && found.kind === 'object')) return { survey, envelope };
  if (found.kind === 'object' && way.length === 0) refuseError(text);
  const there = found.kind === 'null' ? 'null' : 'one object';
  throw new PamojaError('PAM-SRC-017', `there is ${there} where the list of records should be.`, {
    where: text.where,
    next:
      found.kind === 'object'
        ? `Correct records: ${way.length === 0 ? '$' : pathText(way)}; if the one object is all there is, declare pagination: none.`
        : 'Tell those who run the API: an empty list is written [].',
  });
}

/** Errors: PAM-SRC-015 where the whole answer, which holds no list, says an error. */
function refuseError(text: AnswerText): void {
  if (text.bytes.length > 1_000_000) return;
  let root: unknown;
  try {
    root = JSON.parse(text.bytes.toString('utf8'));
  } catch {
    // Malformed: the survey says where.
    return;
  }
  refuseErrorIn(root, text);
}

function refuseErrorIn(root: unknown, { where, hide }: AnswerText, empty = false): void {
  const said = errorIn(root) ?? (empty ? errorNumberIn(root) : undefined);
  if (said === undefined) return;
  throw new PamojaError(
    'PAM-SRC-015',
    `the API answers 200, and says an error: ${hide(said).replace(/(?<![.!?…])$/, '.')}`,
    {
      where,
      next: 'Check url and params; nothing was changed.',
    },
  );
}
