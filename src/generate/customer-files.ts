import { literal, type Sql, sql } from '../kernel/sql.js';
import { oneOf } from './draws.js';
import { crmKey, shopKey } from './make-people.js';
import type { Making } from './making.js';
import { MOBILE_STYLES, mobileAs } from './mobile-styles.js';
import type { Fault, Format, OutFile } from './out-file.js';

const COLUMNS = [
  'Customer ID',
  'Full Name',
  'Gender',
  'Email Address',
  'Mobile',
  'P.O. Box',
  'Town',
  'County',
  'Postal Code',
  'Date of Birth',
  'Newsletter',
  'Points',
  'Registered On',
];

/** The telephone at the counter, which staff write down for those who give no number of their own. */
const COUNTER_PHONE = literal('020 2220110');

const POST_BOXES = ['P.O. Box ', 'P. O. BOX ', 'PO Box ', 'Box '];

const customer = (rule: string, field: string): Fault => ({ entity: 'customers', rule, field });

/** The CRM's export: most customers, and some of them twice. */
export function crmCustomers(making: Pick<Making, 'draws' | 'plan'>): OutFile {
  const { draws, plan } = making;
  const n = sql`n`;
  const sheet = plan.crm === 'xlsx';
  const dirty = (stream: string, times: number) => draws.percent(stream, n, plan.dirt * times);
  // Marks a person once, so that no two oddities meet in one record.
  const people = sql`SELECT *, fault IS NULL AND NOT no_email AND ${dirty('twice', 30)} AS twice,
      CASE WHEN no_mobile THEN 'counter' WHEN fault IS NULL AND known_to = 'crm' AND NOT no_email AND NOT ${dirty('twice', 30)}
          AND ${dirty('wrong email', 40)} THEN 'wrong email'
        WHEN fault IS NULL AND ${dirty('moved', 20)} THEN 'moved' END AS oddity
    FROM (SELECT *, ${alone(draws.percent('no email', n, 6))} AS no_email,
        ${alone(sql`NOT ${draws.percent('no email', n, 6)} AND ${draws.percent('no mobile', n, 3)}`)} AS no_mobile
      FROM people JOIN accounts USING (n) WHERE known_to <> 'shop')`;
  const counter =
    plan.dirt === 0 ? sql`''` : sql`CASE WHEN ${sharing(people)} THEN ${COUNTER_PHONE} ELSE '' END`;
  const day = (value: Sql) => sql`strftime(${value}, ${literal(sheet ? '%Y-%m-%d' : '%d/%m/%Y')})`;
  const moment = (value: Sql) =>
    sql`strftime(${value}, ${literal(sheet ? '%Y-%m-%d %H:%M:00' : '%d/%m/%Y %H:%M')})`;
  const row = (more: {
    number: Sql;
    pos: Sql;
    blemish: Sql;
    mobile: Sql;
    box: Sql;
    born: Sql;
    joined: Sql;
  }) => sql`
    ${more.pos} AS pos, fault, ${more.blemish} AS blemish, 0 AS part_count, n AS truth_id,
    CASE fault WHEN 'crm-keyless' THEN '' ELSE ${crmKey(more.number)} END AS "Customer ID",
    CASE fault WHEN 'crm-nameless' THEN '' ELSE given || ' ' || family END AS "Full Name",
    CASE gender WHEN 'female' THEN 'F' ELSE 'M' END AS "Gender",
    CASE WHEN no_email THEN '' WHEN oddity = 'wrong email' THEN replace(email, '@', '(at)') ELSE email END AS "Email Address",
    ${more.mobile} AS "Mobile", ${oneOf(draws.below('box style', n, POST_BOXES.length), POST_BOXES)} || (${more.box}) AS "P.O. Box",
    town AS "Town", county AS "County", postal_code AS "Postal Code", ${more.born} AS "Date of Birth",
    CASE WHEN consent THEN 'Yes' ELSE 'No' END AS "Newsletter", ${draws.below('points', n, 5000)} AS "Points",
    ${moment(more.joined)} AS "Registered On"`;
  const usual = {
    number: sql`crm_no`,
    pos: sql`crm_no * 2`,
    blemish: sql`CASE WHEN oddity = 'counter' AND ${counter} = '' THEN NULL ELSE nullif(oddity, 'moved') END`,
    mobile: sql`CASE WHEN no_mobile THEN ${counter} ELSE ${mobileAs(sql`mobile`, draws.below('crm mobile', n, MOBILE_STYLES))} END`,
    box: sql`box`,
    born: day(sql`born`),
    joined: sql`joined`,
  };
  // Typed anew under the same number after a move: two records of one key that differ.
  const moved = { ...usual, pos: sql`crm_no * 2 + 1`, blemish: sql`oddity`, box: sql`box + 17` };
  // Registered a second time at the counter: same e-mail, the phone masked and the birthday misheard.
  const again = {
    ...usual,
    number: sql`((SELECT max(crm_no) FROM accounts) + again_no)`,
    pos: sql`((SELECT max(crm_no) FROM accounts) + again_no) * 2`,
    blemish: sql`'again'`,
    mobile: sql`'0' || left(mobile, 3) || ' XXX XXX'`,
    born: sql`strftime(born, '31/02/%Y')`,
    joined: sql`least(joined + INTERVAL 20 DAY, DATE ${literal(plan.until)} + INTERVAL 19 HOUR)`,
  };
  return {
    source: 'crm',
    path: sheet ? 'crm/customers.xlsx' : 'crm/customers.csv',
    entity: 'customers',
    format: sheet ? sheetOf(plan.until) : { kind: 'csv', delimiter: ',', quote: [] },
    columns: COLUMNS,
    rows: sql`SELECT ${row(usual)} FROM (${people})
      UNION ALL SELECT ${row(moved)} FROM (${people}) WHERE oddity = 'moved'
      UNION ALL SELECT ${row(again)} FROM (SELECT *, row_number() OVER (ORDER BY n) AS again_no FROM (${people}) WHERE twice)`,
    keys: { customers: sql`"Customer ID"` },
    faults: {
      'crm-nameless': customer('required', 'first_name'),
      'crm-keyless': customer('key', 'Customer ID'),
    },
    blemishes: {
      again: [customer('masked', 'phone'), customer('type', 'birth_date')],
      moved: [customer('conflict', ''), customer('conflict', '')],
      counter: [customer('shared', 'phone')],
      'wrong email': [customer('type', 'email')],
    },
  };
}

/** Holds for people of whom the CRM alone knows: where two systems do, nothing that joins them may be missing. */
function alone(condition: Sql): Sql {
  return sql`(known_to = 'crm' AND fault IS NULL AND ${condition})`;
}

/** Whether enough people of different names would share the counter's number for it to join none of them. */
function sharing(people: Sql): Sql {
  return sql`(SELECT count(DISTINCT given || family) > 4 FROM (${people}) WHERE no_mobile)`;
}

function sheetOf(until: string): Format {
  return {
    kind: 'xlsx',
    sheet: 'Customers',
    titles: ['Duka Kubwa Ltd', `Customer list, exported ${until}`, ''],
    types: { 'Date of Birth': 'date', 'Registered On': 'time', Points: 'number' },
    total: 'Points',
  };
}

/** The web shop's accounts: customers of its own, and some whom the CRM knows too. */
export function shopCustomers({ draws }: Pick<Making, 'draws'>): OutFile {
  const n = sql`n`;
  const way = draws.below('known by', n, 10);
  const both = sql`known_to = 'both'`;
  // Who is known to both shares e-mail and phone, or one of them only.
  const email = sql`CASE WHEN fault IS NOT NULL THEN NULL WHEN ${both} AND ${way} >= 8 THEN second_email ELSE email END`;
  const mobile = sql`CASE WHEN ${both} AND ${way} IN (6, 7) THEN NULL
    ELSE ${mobileAs(sql`mobile`, draws.below('shop mobile', n, MOBILE_STYLES))} END`;
  const typed = (name: Sql) =>
    sql`CASE WHEN ${draws.percent('capitals', n, 8)} THEN upper(${name}) WHEN ${draws.percent('small letters', n, 5)} THEN lower(${name}) ELSE ${name} END`;
  return {
    source: 'shop_customers',
    path: 'shop/customers.ndjson',
    entity: 'customers',
    format: { kind: 'ndjson', torn: true },
    columns: [
      'id',
      'first_name',
      'last_name',
      'gender',
      'email',
      'phone',
      'address',
      'birth_date',
      'marketing',
      'created_at',
    ],
    rows: sql`SELECT shop_no AS pos, fault, NULL AS blemish, 0 AS part_count, n AS truth_id,
        ${shopKey(sql`shop_no`)} AS id, ${typed(sql`given`)} AS first_name,
        ${typed(sql`family`)} AS last_name, gender,
        CASE WHEN ${draws.percent('loud email', n, 6)} THEN upper(${email}) ELSE ${email} END AS email, ${mobile} AS phone,
        {'street': street, 'building': building, 'city': town, 'county': county, 'postal_code': postal_code} AS address,
        strftime(born, '%Y-%m-%d') AS birth_date, consent AS marketing,
        strftime(joined, '%Y-%m-%dT%H:%M:%S+03:00') AS created_at
      FROM people JOIN accounts USING (n) WHERE known_to <> 'crm'`,
    keys: { customers: sql`id` },
    faults: { 'shop-mailless': customer('required', 'email') },
  };
}
