import type { Workspace } from '../engine/workspace.js';
import { type Sql, sql } from '../kernel/sql.js';
import { isInitial, isPartOf, mayMean } from './plain-name.js';

/**
 * Makes the table `part_names(owner, words)`: of the full names that an owner has several of, `(owner, words, firsts)`,
 * those that are part of a longer one of theirs. Names meet by their rarest word, which the longer one must have, too:
 * an address on which ten thousand people stand would otherwise hold each of them against every other.
 */
export async function findPartNames(workspace: Workspace, several: Sql): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE several_names AS ${several}`);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE name_words AS
    SELECT owner, words, firsts, unnest(string_split(words, ' ')) AS word FROM several_names`);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE rare_words AS
    SELECT owner, words, firsts, arg_min(word, often, 2) AS rare
    FROM (SELECT *, count(*) OVER (PARTITION BY owner, word) AS often FROM name_words)
    WHERE NOT ${isInitial(sql`word`)} GROUP BY ALL`);
  // Both have two whole words at least; a longer name has a third.
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE part_names AS
    SELECT DISTINCT a.owner, a.words FROM rare_words a JOIN name_words b
      ON b.owner = a.owner AND b.word = a.rare[1] AND b.words <> a.words
    WHERE b.words LIKE '% % %' AND contains(' ' || b.words || ' ', ' ' || a.rare[2] || ' ') AND ${isPartOf('a', 'b')}`);
}

/**
 * Makes the table `lone_names(value, name)`: short names that can mean no full one of their value. They meet by their
 * longest word: it is one of the full name, or the letter with which one begins.
 */
export async function findLoneNames(workspace: Workspace): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE short_names AS
    SELECT value, name, list_reduce(string_split(name, ' '), lambda one, other:
      CASE WHEN length(other) > length(one) THEN other ELSE one END) AS word
    FROM shared WHERE short AND name <> '' GROUP BY ALL`);
  const words = sql`string_split(f.name, ' ')`;
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE meant_names AS
    SELECT DISTINCT s.value, s.name FROM short_names s JOIN (
      SELECT f.value, f.name, unnest(list_distinct(${words} || list_transform(${words}, lambda word: word[1]))) AS word
      FROM full_names f SEMI JOIN short_names s ON s.value = f.value) f
    ON f.value = s.value AND f.word = s.word WHERE ${mayMean(sql`s.name`, sql`f.name`)}`);
  await workspace.run(sql`CREATE OR REPLACE TEMP TABLE lone_names AS
    SELECT value, name FROM short_names s ANTI JOIN meant_names m ON m.value = s.value AND m.name = s.name`);
}
