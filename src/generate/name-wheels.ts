import type { Workspace } from '../engine/workspace.js';
import { COMMUNITIES, type CommunityName, GIVEN_NAMES } from './communities.js';
import { COUNTIES } from './counties.js';
import { constants, falling, SLOTS, wheel } from './wheel.js';

export const GENDERS = ['female', 'male'] as const;
const TRADITIONS = ['christian', 'muslim'] as const;

/**
 * Makes the small tables from which people are drawn. Each is found by one number, `key`: the group × SLOTS + the slot
 * drawn. (By several columns, the optimiser would join the wheels to each other first, and the rows multiply.)
 *
 * | table | group | gives |
 * |---|---|---|
 * | county_wheel | 0 | county_id, county |
 * | town_wheel | county_id | town, postal_code |
 * | community_wheel | county_id | community_id, tradition_id |
 * | family_wheel | community_id × 2 + gender | name |
 * | given_wheel | tradition_id × 2 + gender | name |
 */
export async function makeNameWheels(workspace: Workspace): Promise<void> {
  const communities = Object.keys(COMMUNITIES) as CommunityName[];
  const counties = wheel(COUNTIES.map((county, id) => [[id, county.name], county.weight] as const));
  await keyed(workspace, 'county_wheel', ['county_id', 'county'], [counties]);
  await keyed(
    workspace,
    'town_wheel',
    ['town', 'postal_code'],
    COUNTIES.map(({ towns }) => wheel(towns.map(([name, code, weight]) => [[name, code], weight] as const))),
  );
  await keyed(
    workspace,
    'community_wheel',
    ['community_id', 'tradition_id'],
    COUNTIES.map((county) =>
      wheel(
        (Object.entries(county.communities) as [CommunityName, number][]).map(([name, weight]) => [
          [communities.indexOf(name), TRADITIONS.indexOf(COMMUNITIES[name].given)],
          weight,
        ]),
      ),
    ),
  );
  await keyed(
    workspace,
    'family_wheel',
    ['name'],
    Object.values(COMMUNITIES).flatMap(({ any, women, men }) =>
      [women, men].map((own) => names([...falling<string>(any), ...falling<string>(own)])),
    ),
  );
  await keyed(
    workspace,
    'given_wheel',
    ['name'],
    TRADITIONS.flatMap((tradition) =>
      GENDERS.map((gender) => names(falling(GIVEN_NAMES[tradition][gender]))),
    ),
  );
}

type Row = readonly (string | number)[];

function names(weighted: readonly (readonly [string, number])[]): Row[] {
  return wheel(weighted).map((name) => [name]);
}

async function keyed(
  workspace: Workspace,
  table: string,
  columns: string[],
  groups: readonly (readonly Row[])[],
): Promise<void> {
  const rows = groups.flatMap((group, i) => group.map((row, slot) => [i * SLOTS + slot, ...row]));
  await constants(workspace, table, ['key', ...columns], rows);
}
