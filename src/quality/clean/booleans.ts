import { literals, type Sql, sql } from '../../kernel/sql.js';
import type { Reader } from './reader.js';

const YES = literals(['true', 'yes', 'y', '1', 'on', 'ndiyo']);
const NO = literals(['false', 'no', 'n', '0', 'off', 'hapana']);

/** Yes and no in English and Swahili, without case. */
export const booleans: Reader = {
  read: (text: Sql) =>
    sql`CASE WHEN lower(${text}) IN ${YES} THEN true WHEN lower(${text}) IN ${NO} THEN false END`,
  refusals: () => [
    {
      when: sql`true`,
      reason:
        'is not a yes or no: true/false, yes/no, y/n, 1/0, on/off, ndiyo/hapana; declare others in `values`',
    },
  ],
};
