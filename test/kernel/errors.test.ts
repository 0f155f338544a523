import { expect, test } from 'vitest';
import { PamojaError } from '../../src/kernel/errors.js';

test('an error as JSON holds all that a person is told', () => {
  const error = new PamojaError('PAM-CFG-001', 'No configuration here.', { next: 'Run: pamoja init' });
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    code: 'PAM-CFG-001',
    message: 'No configuration here.',
    where: null,
    next: 'Run: pamoja init',
  });
});
