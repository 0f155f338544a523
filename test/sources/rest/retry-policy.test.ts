import { describe, expect, test } from 'vitest';
import { decideRetry } from '../../../src/sources/rest/retry-policy.js';

describe('an API that is busy', () => {
  const busy = (seconds: number, spent: number) =>
    decideRetry({ status: 503, retryAfter: String(seconds) }, { attempt: 1, spent, now: 0, chance: 0 });

  test('is waited for as it asks, up to two minutes', () => {
    expect(busy(120, 0)).toEqual({ kind: 'again', pause: 120_000 });
    expect(busy(121, 0)).toEqual({ kind: 'stop', why: ' and asks to wait 121 seconds' });
  });

  test('is waited for ten minutes in all', () => {
    expect(busy(60, 540_000)).toEqual({ kind: 'again', pause: 60_000 });
    expect(busy(60, 540_001)).toEqual({ kind: 'stop', why: ' and asks to wait 60 seconds' });
  });
});
