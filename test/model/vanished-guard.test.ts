import { describe, expect, test } from 'vitest';
import { guardVanishing, type Vanishing } from '../../src/model/vanished-guard.js';

const guarded = (vanishing: Vanishing) => () => guardVanishing({ name: 'crm' }, 'customers', vanishing, 0.5);

describe('a source that loses records', () => {
  test.each<[string, Vanishing]>([
    ['few of few', { held: 20, given: 1, gone: 19 }],
    ['exactly as large a share as is allowed', { held: 40, given: 20, gone: 20 }],
  ])('may do so: %s', (_, vanishing) => {
    expect(guarded(vanishing)).not.toThrow();
  });

  test.each<[string, Vanishing]>([
    ['twenty, nearly all', { held: 21, given: 1, gone: 20 }],
    ['one more than the share that is allowed', { held: 40, given: 19, gone: 21 }],
  ])('stops the run: %s', (_, vanishing) => {
    expect(guarded(vanishing)).toThrow(expect.objectContaining({ code: 'PAM-SRC-013' }));
  });
});
