import { literal, type Sql, sql } from '../../kernel/sql.js';
import type { Reader } from './reader.js';

// What is not ASCII is told to be letters, marks and digits by a pattern of its own: one that named them all in each of
// these places takes 20 ms to compile.
const OTHER = String.raw`\x{80}-\x{10FFFF}`;
const WORD = `[A-Za-z0-9${OTHER}!#$%&'*+/=?^_\`{|}~-]+`;
const LABEL = `[A-Za-z0-9${OTHER}](?:[A-Za-z0-9${OTHER}-]*[A-Za-z0-9${OTHER}])?`;
const TOP = `(?:[A-Za-z${OTHER}]{2,}|(?i:xn--)[A-Za-z0-9-]+[A-Za-z0-9])`;
const ADDRESS = `${WORD}(?:\\.${WORD})*@(?:${LABEL}\\.)+${TOP}`;
const STRANGE = literal(String.raw`[^\x00-\x7F\pL\pM\pN]|@(?:.*\.)?\pM|[^\x00-\x7F\PN][^.]*$`);

const ASCII_ADDRESS =
  '[A-Za-z0-9_+-]+(?:\\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z]{2,}';
const PLAIN = literal(ASCII_ADDRESS);
// As a mail program writes it: `Jane Doe <mailto:jane@doe.co.ke>`, or with a list's separator behind it.
const dressed = (address: string) => literal(`(?:[^<>@]*<)? ?(?i:mailto:)? ?${address} ?>? ?[;,]?`);
const DRESSED_ASCII = dressed(ASCII_ADDRESS);
const DRESSED = dressed(ADDRESS);
// Found by a plain pattern in a text that has passed its test: to take a group out of a long one is ten times dearer.
const UNDRESSED = literal('[^<>@ :]+@[^<>@ ;,]+');
const HIDDEN = literal(String.raw`\*\*|[•…]`);
const FILLER = literal(
  String.raw`(?i)(?:no|na|nil|none|null|nomail|noemail|test)@(?:no|na|nil|none|null|nomail|noemail|test)(?:\.(?:com|org|net))?`,
);

const LONGEST_FILLER = 'noemail@noemail.com'.length;

/** E-mail addresses in lower case; international domains are kept as they are. */
export const emails: Reader = {
  read(text: Sql): Sql {
    const plain = sql`regexp_full_match(${text}, ${PLAIN})`;
    const filler = sql`regexp_full_match(${text}, ${FILLER})`;
    const found = sql`regexp_extract(${text}, ${UNDRESSED})`;
    const address = sql`regexp_full_match(${text}, ${DRESSED_ASCII}) OR (regexp_full_match(${text}, ${DRESSED}) AND NOT regexp_matches(${found}, ${STRANGE}))`;
    // The dearer tests are asked only of what can still come to something.
    return sql`CASE WHEN ${plain} THEN CASE WHEN length(${text}) <= ${LONGEST_FILLER} AND ${filler} THEN NULL ELSE lower(${text}) END WHEN NOT contains(${text}, '@') THEN NULL WHEN ${filler} OR regexp_matches(${text}, ${HIDDEN}) THEN NULL WHEN ${address} THEN lower(${found}) END`;
  },
  refusals: (text: Sql) => [
    {
      when: sql`regexp_full_match(${text}, ${FILLER}) OR regexp_matches(${text}, ${HIDDEN})`,
      reason: 'is masked or a filler, and identifies nobody',
      code: 'masked',
    },
    { when: sql`regexp_matches(${text}, '@.*@')`, reason: 'holds more than one e-mail address' },
    { when: sql`true`, reason: 'is not an e-mail address' },
  ],
};
