import { literal, type Sql, sql } from '../kernel/sql.js';
import { BUILDINGS, STREETS } from './address-words.js';
import { oneOf, padded } from './draws.js';
import { CUSTOMER_FAULTS } from './faults.js';
import { faultOf, type Making } from './making.js';
import { MOBILE_PREFIXES } from './mobile-prefixes.js';
import { GENDERS, makeNameWheels } from './name-wheels.js';
import { SLOTS } from './wheel.js';

const DOMAINS = ['example.com', 'example.org', 'example.net'];

/** Days before the last one in which people became customers. */
const HISTORY = 1461;

/**
 * Makes `people`, one row a person, numbered in the order in which they became customers: n, fault, gender, given,
 * family, county, town, postal_code, mobile (nine digits), box, street, building, born, consent, joined (local time),
 * known_to (crm, shop, both). People with a fault are made only to be refused.
 * Makes `accounts`: n, email, second_email, and their numbers in each system; buyers are counted without the faulty.
 * Makes `crm_buyers` and `shop_buyers`: place (1, 2, …), customer (key in that system), for orders to refer to.
 */
export async function makePeople(making: Making): Promise<void> {
  await makeNameWheels(making.workspace);
  const { workspace, plan, draws } = making;
  const n = sql`r.n`;
  const total = plan.customers + plan.refused.customers;
  const gender = draws.below('gender', n, GENDERS.length);
  const key = (group: Sql, stream: string) => sql`(${group}) * ${SLOTS} + ${draws.below(stream, n, SLOTS)}`;
  const days = sql`${n} * ${HISTORY - 1} // ${total} - ${HISTORY - 1}`;
  await workspace.run(sql`CREATE TABLE people AS
    SELECT r.n, ${faultOf(n, plan.refused.customers, total, CUSTOMER_FAULTS)} AS fault, ${oneOf(gender, GENDERS)} AS gender, g.name AS given,
      f.name AS family, c.county, t.town, t.postal_code, ${mobile(making, n)} AS mobile,
      1 + ${draws.below('box', n, 9999)} AS box,
      (1 + ${draws.below('house', n, 240)}) || ' ' || ${oneOf(draws.below('street', n, STREETS.length), STREETS)} AS street,
      ${oneOf(draws.below('building', n, BUILDINGS.length), BUILDINGS)} || ', Door ' || (1 + ${draws.below('door', n, 60)}) AS building,
      ${until(making)} - (18 * 366 + ${draws.below('age', n, 9000)} + ${draws.below('older', n, 9000)})::INTEGER AS born,
      ${draws.percent('consent', n, 45)} AS consent,
      (${until(making)} + (${days})::INTEGER)::TIMESTAMP + to_seconds(28800 + ${draws.below('joined', n, 43_200)}) AS joined,
      ${knownTo(making, n)} AS known_to
    FROM (SELECT range AS n FROM range(1, ${total + 1})) r
    JOIN county_wheel c ON c.key = ${key(sql`0`, 'county')}
    JOIN town_wheel t ON t.key = ${key(sql`c.county_id`, 'town')}
    JOIN community_wheel m ON m.key = ${key(sql`c.county_id`, 'community')}
    JOIN family_wheel f ON f.key = ${key(sql`m.community_id * 2 + ${gender}`, 'family')}
    JOIN given_wheel g ON g.key = ${key(sql`m.tradition_id * 2 + ${gender}`, 'given')}`);
  // Faults overrule who knows a person: the record is made for one system.
  await workspace.run(sql`UPDATE people SET known_to = split_part(fault, '-', 1) WHERE fault IS NOT NULL`);
  await makeAccounts(making);
  await workspace.run(sql`CREATE TABLE crm_buyers AS SELECT crm_buyer AS place, ${crmKey(sql`crm_no`)} AS customer
    FROM people JOIN accounts USING (n) WHERE fault IS NULL AND known_to <> 'shop'`);
  await workspace.run(sql`CREATE TABLE shop_buyers AS SELECT shop_buyer AS place, ${shopKey(sql`shop_no`)} AS customer
    FROM people JOIN accounts USING (n) WHERE fault IS NULL AND known_to <> 'crm'`);
}

/** A customer number as the CRM writes it. */
export function crmKey(number: Sql): Sql {
  return sql`('C' || ${padded(number, 7)})`;
}

/** A customer number as the web shop counts. */
export function shopKey(number: Sql): Sql {
  return sql`(1000 + ${number})`;
}

/** The last day of the business's data. */
export function until({ plan }: Making): Sql {
  return sql`DATE ${literal(plan.until)}`;
}

/** The first three are sure to be of each kind, however few people there are. */
function knownTo({ draws }: Making, n: Sql): Sql {
  const drawn = draws.below('known to', n, 100);
  return sql`CASE WHEN ${n} <= 3 THEN list_extract(['both', 'crm', 'shop'], ${n})
    WHEN ${drawn} < 60 THEN 'crm' WHEN ${drawn} < 80 THEN 'shop' ELSE 'both' END`;
}

/** Nine digits behind +254, another for every person: the multiplier has no divisor in common with the numbers there are. */
function mobile({ plan }: Making, n: Sql): Sql {
  const numbers = MOBILE_PREFIXES.length * 1_000_000;
  const nth = sql`((${n} * 48271033 + ${(plan.seed % 1_000_003) * 977}) % ${numbers})`;
  return sql`${oneOf(sql`${nth} // 1000000`, MOBILE_PREFIXES)} || lpad((${nth} % 1000000)::VARCHAR, 6, '0')`;
}

/** Who would share a mailbox gets a number behind the name; no name ends in a digit, so no two addresses are the same. */
async function makeAccounts({ workspace, draws }: Making): Promise<void> {
  const n = sql`n`;
  const given = sql`regexp_replace(lower(given), '[^a-z]', '', 'g')`;
  const family = sql`regexp_replace(lower(family), '[^a-z]', '', 'g')`;
  const style = draws.below('mailbox', n, 10);
  const box = sql`CASE WHEN ${style} < 5 THEN ${given} || '.' || ${family} WHEN ${style} < 7 THEN ${given} || ${family}
    WHEN ${style} < 8 THEN left(${given}, 1) || '.' || ${family} WHEN ${style} < 9 THEN ${family} || '.' || ${given}
    ELSE ${given} || '_' || ${family} END`;
  await workspace.run(sql`CREATE TEMP TABLE mailboxes AS SELECT n, box ||
      CASE nth WHEN 1 THEN '' ELSE nth::VARCHAR END AS name, ${draws.below('domain', n, DOMAINS.length)} AS domain
    FROM (SELECT n, box, row_number() OVER (PARTITION BY box ORDER BY n) AS nth FROM (SELECT n, ${box} AS box FROM people))`);
  const at = (shift: number) => sql`name || '@' || ${oneOf(sql`(domain + ${shift}) % 3`, DOMAINS)}`;
  await workspace.run(sql`CREATE TABLE accounts AS
    SELECT n, ${at(0)} AS email, ${at(1)} AS second_email,
      ${running(sql`known_to <> 'shop'`)} AS crm_no, ${running(sql`known_to <> 'crm'`)} AS shop_no,
      ${running(sql`known_to <> 'shop' AND fault IS NULL`)} AS crm_buyer,
      ${running(sql`known_to <> 'crm' AND fault IS NULL`)} AS shop_buyer
    FROM people JOIN mailboxes USING (n) WINDOW numbered AS (ORDER BY n ROWS UNBOUNDED PRECEDING)`);
  await workspace.drop('mailboxes');
}

/** How many rows so far have it. (A filtered count over the same window takes quadratic time.) */
function running(condition: Sql): Sql {
  return sql`(sum(CASE WHEN ${condition} THEN 1 ELSE 0 END) OVER numbered)::BIGINT`;
}
