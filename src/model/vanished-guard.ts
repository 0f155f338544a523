import { PamojaError } from '../kernel/errors.js';
import type { Source } from './config.js';

/** Fewer vanished records than this never stop a run. */
const FEW = 20;

/** How many records of an entity a source held before, gives now, and gives no longer. */
export interface Vanishing {
  held: number;
  given: number;
  gone: number;
}

/**
 * Stops a run before it takes away what a source may only have lost. Errors: PAM-SRC-012 where the source came empty,
 * PAM-SRC-013 where more vanished than the project allows.
 */
export function guardVanishing(
  { name, allowEmpty }: Pick<Source, 'name' | 'allowEmpty'>,
  entity: string,
  { held, given, gone }: Vanishing,
  maxShare: number,
): void {
  const what = entity.replaceAll('_', ' ');
  if (held > 0 && given === 0 && !allowEmpty) {
    throw new PamojaError('PAM-SRC-012', `The source holds no ${what} now, and held ${held} before.`, {
      where: name,
      next: 'If that is right, say so in the configuration: allowEmpty: true.',
    });
  }
  if (gone >= FEW && gone > held * maxShare && given > 0) {
    throw new PamojaError('PAM-SRC-013', `${gone} of ${held} ${what} vanished from the source at once.`, {
      where: name,
      next: `If that is right, raise maxVanished (now ${maxShare}).`,
    });
  }
}
