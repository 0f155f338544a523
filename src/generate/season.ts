import { joined, type Sql, sql } from '../kernel/sql.js';

/** How well a day sells against a usual one: by month, feast, term of school, pay-day and weekday. */
export function trade(day: Sql, years: readonly number[]): Sql {
  const easters = joined(years.map((year) => sql`DATE ${easter(year)}`));
  return sql`CASE month(${day}) WHEN 12 THEN 1.8 WHEN 11 THEN 1.2 WHEN 2 THEN 0.9 ELSE 1 END
    * CASE WHEN month(${day}) = 12 AND day(${day}) BETWEEN 18 AND 24 THEN 1.4 WHEN month(${day}) = 12 AND day(${day}) = 25 THEN 0.3 ELSE 1 END
    * CASE WHEN month(${day}) = 1 AND day(${day}) <= 12 THEN 1.35 WHEN month(${day}) = 1 THEN 0.75 ELSE 1 END
    * CASE WHEN (month(${day}) = 4 AND day(${day}) > 24) OR (month(${day}) = 8 AND day(${day}) > 20) THEN 1.15 ELSE 1 END
    * CASE WHEN list_bool_or(list_transform([${easters}], lambda easter: ${day} BETWEEN easter - 4 AND easter - 1)) THEN 1.35 ELSE 1 END
    * CASE WHEN ${day} >= last_day(${day}) - 4 THEN 1.5 WHEN day(${day}) <= 2 THEN 1.2 ELSE 1 END
    * CASE dayofweek(${day}) WHEN 6 THEN 1.3 WHEN 5 THEN 1.1 WHEN 0 THEN 0.8 ELSE 1 END`;
}

/** Easter Sunday by the Gregorian computus. */
function easter(year: number): Sql {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const epact =
    (century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25) + 19 * golden + 15) % 30;
  const moon =
    epact - Math.floor(epact / 28) * (1 - Math.floor(29 / (epact + 1)) * Math.floor((21 - golden) / 11));
  const weekday = (year + Math.floor(year / 4) + moon + 2 - century + Math.floor(century / 4)) % 7;
  const offset = moon - weekday;
  const month = 3 + Math.floor((offset + 40) / 44);
  const day = offset + 28 - 31 * Math.floor(month / 4);
  return sql`'${year}-${month}-${day}'`;
}

/** Orders of a hundred in each hour: the till from eight to eight, the web until midnight. */
const TILL_HOURS: readonly Hours[] = [
  [8, 5],
  [9, 7],
  [10, 9],
  [11, 9],
  [12, 11],
  [13, 10],
  [14, 7],
  [15, 7],
  [16, 9],
  [17, 12],
  [18, 10],
  [19, 4],
];
const WEB_HOURS: readonly Hours[] = [
  [6, 2],
  [7, 4],
  [8, 4],
  [9, 5],
  [10, 5],
  [11, 5],
  [12, 7],
  [13, 8],
  [14, 5],
  [15, 4],
  [16, 4],
  [17, 5],
  [18, 6],
  [19, 8],
  [20, 10],
  [21, 10],
  [22, 6],
  [23, 2],
];

type Hours = readonly [hour: number, share: number];

/** The hour of the day for a number from 0 to 99, on the web or at the till. */
export function hourOf(web: Sql, hundredth: Sql): Sql {
  return sql`CASE WHEN ${web} THEN ${pick(WEB_HOURS, hundredth)} ELSE ${pick(TILL_HOURS, hundredth)} END`;
}

function pick(hours: readonly Hours[], hundredth: Sql): Sql {
  const slots = hours.flatMap(([hour, share]) => Array<Sql>(share).fill(sql`${hour}`));
  return sql`list_extract([${joined(slots)}], ${hundredth} + 1)`;
}
