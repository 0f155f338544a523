import type { Workspace } from '../engine/workspace.js';
import { COMMUNITIES, type CommunityName, GIVEN_NAMES } from './communities.js';
import { COUNTIES } from './counties.js';
import { falling, makeWheel } from './wheel.js';

export const GENDERS = ['female', 'male'] as const;
const TRADITIONS = ['christian', 'muslim'] as const;

/**
 * Makes the wheels from which people are drawn:
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
  const counties = COUNTIES.map(({ name, weight }, id) => [[id, name], weight] as const);
  const towns = COUNTIES.map((county) =>
    county.towns.map(([name, code, weight]) => [[name, code], weight] as const),
  );
  const mixes = COUNTIES.map((county) =>
    (Object.entries(county.communities) as [CommunityName, number][]).map(
      ([name, weight]) =>
        [[communities.indexOf(name), TRADITIONS.indexOf(COMMUNITIES[name].given)], weight] as const,
    ),
  );
  const families = Object.values(COMMUNITIES).flatMap(({ any, women, men }) =>
    [women, men].map((own) => [...falling(any), ...falling(own)]),
  );
  const given = TRADITIONS.flatMap((tradition) =>
    GENDERS.map((gender) => falling(GIVEN_NAMES[tradition][gender])),
  );
  await makeWheel(workspace, 'county_wheel', ['county_id', 'county'], [counties]);
  await makeWheel(workspace, 'town_wheel', ['town', 'postal_code'], towns);
  await makeWheel(workspace, 'community_wheel', ['community_id', 'tradition_id'], mixes);
  await makeWheel(workspace, 'family_wheel', ['name'], families);
  await makeWheel(workspace, 'given_wheel', ['name'], given);
}
