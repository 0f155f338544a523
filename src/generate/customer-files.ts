import { literal, type Sql, sql } from '../kernel/sql.js';
import { crmKey, shopKey } from './make-people.js';
import type { Making } from './making.js';
import { MOBILE_STYLES, mobileAs } from './mobile-styles.js';
import type { OutFile } from './out-file.js';

/** The CRM's export: most customers, and some of them twice. */
export function crmCustomers(making: Pick<Making, 'draws' | 'plan'>): OutFile {
  const { draws, plan } = making;
  const n = sql`n`;
  const alone = sql`known_to = 'crm' AND fault IS NULL`;
  const noEmail = sql`(${alone} AND ${draws.percent('no email', n, 6)})`;
  const noMobile = sql`(${alone} AND NOT ${draws.percent('no email', n, 6)} AND ${draws.percent('no mobile', n, 3)})`;
  const people = sql`SELECT * FROM people JOIN accounts USING (n) WHERE known_to <> 'shop'`;
  // Registered a second time at the counter: same e-mail, the phone masked and the birthday misheard.
  const again = sql`${people} AND fault IS NULL AND NOT ${noEmail} AND ${draws.percent('twice', n, plan.dirt * 30)}`;
  const columns = (number: Sql, mobile: Sql, born: Sql, day: Sql) => sql`${number} AS pos, fault,
    ${crmKey(number)} AS "Customer ID",
    CASE WHEN fault IS NULL THEN given || ' ' || family ELSE '' END AS "Full Name",
    CASE gender WHEN 'female' THEN 'F' ELSE 'M' END AS "Gender",
    CASE WHEN ${noEmail} THEN '' ELSE email END AS "Email Address",
    CASE WHEN ${noMobile} THEN '' ELSE ${mobile} END AS "Mobile",
    'P.O. Box ' || box AS "P.O. Box", town AS "Town", county AS "County", postal_code AS "Postal Code",
    ${born} AS "Date of Birth", CASE WHEN consent THEN 'Yes' ELSE 'No' END AS "Newsletter",
    strftime(${day}, '%d/%m/%Y %H:%M') AS "Registered On"`;
  const mobile = mobileAs(sql`mobile`, draws.below('crm mobile', n, MOBILE_STYLES));
  return {
    source: 'crm',
    path: 'crm/customers.csv',
    entity: 'customers',
    format: { kind: 'csv', delimiter: ',', quote: [] },
    columns: [
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
      'Registered On',
    ],
    rows: sql`SELECT ${columns(sql`crm_no`, mobile, sql`strftime(born, '%d/%m/%Y')`, sql`joined`)} FROM (${people})
      UNION ALL SELECT ${columns(
        sql`((SELECT max(crm_no) FROM accounts) + again_no)`,
        sql`'0' || left(mobile, 3) || ' XXX XXX'`,
        sql`strftime(born, '31/02/%Y')`,
        sql`least(joined + INTERVAL 20 DAY, DATE ${literal(plan.until)} + INTERVAL 19 HOUR)`,
      )} FROM (SELECT *, row_number() OVER (ORDER BY n) AS again_no FROM (${again}))`,
    faults: { 'crm-nameless': { entity: 'customers', rule: 'required', field: 'first_name' } },
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
    format: { kind: 'ndjson' },
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
    rows: sql`SELECT shop_no AS pos, fault, ${shopKey(sql`shop_no`)} AS id, ${typed(sql`given`)} AS first_name,
        ${typed(sql`family`)} AS last_name, gender,
        CASE WHEN ${draws.percent('loud email', n, 6)} THEN upper(${email}) ELSE ${email} END AS email, ${mobile} AS phone,
        {'street': street, 'building': building, 'city': town, 'county': county, 'postal_code': postal_code} AS address,
        strftime(born, '%Y-%m-%d') AS birth_date, consent AS marketing,
        strftime(joined, '%Y-%m-%dT%H:%M:%S+03:00') AS created_at
      FROM people JOIN accounts USING (n) WHERE known_to <> 'crm'`,
    faults: { 'shop-mailless': { entity: 'customers', rule: 'required', field: 'email' } },
  };
}
