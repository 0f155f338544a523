import { PamojaError } from '../kernel/errors.js';
import type { SourceConfig } from '../model/config.js';

/**
 * Checks that a source says where it is, in the word of its kind.
 * `locate` says where a word of the source stands. Errors: PAM-CFG-003.
 */
export function checkPlace(config: SourceConfig, locate: (path: readonly PropertyKey[]) => string): void {
  const rest = config.type === 'rest';
  const [word, other] = rest ? (['url', 'path'] as const) : (['path', 'url'] as const);
  const kind = rest ? 'an API' : 'a source of files';
  if (config[word] === undefined) {
    throw new PamojaError('PAM-CFG-003', 'is missing.', {
      where: locate([word]),
      next: rest
        ? 'Add the address of the list: url: https://shop.example/api/orders'
        : 'Name a file or pattern.',
    });
  }
  const misplaced = [
    other,
    ...(rest ? (['period'] as const) : (['params', 'headers', 'auth', 'pagination', 'since'] as const)),
  ].find((each) => config[each] !== undefined);
  if (misplaced !== undefined) {
    throw new PamojaError('PAM-CFG-003', `does not belong to ${kind}.`, { where: locate([misplaced]) });
  }
  if (config.fillDown !== undefined && config.type !== 'csv' && config.type !== 'excel') {
    throw new PamojaError(
      'PAM-CFG-003',
      'is for tables: records of this kind have no rows that continue them.',
      {
        where: locate(['fillDown']),
      },
    );
  }
  if (!rest) return;
  if (config.delivery === 'period') {
    throw new PamojaError('PAM-CFG-003', 'needs files: an API has no names that tell a period.', {
      where: locate(['delivery']),
      next: 'Write delivery: snapshot or addition.',
    });
  }
  if (config.since !== undefined && config.delivery !== 'addition') {
    throw new PamojaError('PAM-CFG-003', 'gives a part of the records, which is no snapshot.', {
      where: locate(['since']),
      next: 'Add: delivery: addition',
    });
  }
  if (config.auth !== undefined && config.url?.startsWith('http:') && config.allowPrivate !== true) {
    throw new PamojaError('PAM-CFG-003', 'would send the credentials without encryption.', {
      where: locate(['url']),
      next: 'Write https:, or allowPrivate: true for an API in your own network.',
    });
  }
}
