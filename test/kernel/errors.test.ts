import { expect, test } from 'vitest';
import { PamojaError, shownMessageOf } from '../../src/kernel/errors.js';

test('an error as JSON holds all that a person is told', () => {
  const error = new PamojaError('PAM-CFG-001', 'No configuration here.', { next: 'Run: pamoja init' });
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    code: 'PAM-CFG-001',
    message: 'No configuration here.',
    where: null,
    next: 'Run: pamoja init',
  });
});

const CAST = 'to INT32 when casting from source column age';
test.each([
  [
    new Error(`Conversion Error: Could not convert string 'Amina\nOtieno' ${CAST}\n\nLINE 1: age::INT`),
    `Conversion Error: Could not convert string … ${CAST}`,
  ],
  [
    new Error('Invalid Input Error: CSV Error on Line: 1\nOriginal Line: 1,Amina Otieno\n'),
    'Invalid Input Error: CSV Error on Line: 1',
  ],
  [
    Object.assign(new Error('invalid input syntax for type date: "Amina"'), { code: '22007' }),
    'invalid input syntax for type date: …',
  ],
  [
    new Error('Binder Error: Referenced column "naem" not found'),
    'Binder Error: Referenced column "naem" not found',
  ],
  [
    new TypeError("Cannot read properties of undefined (reading 'name')"),
    "Cannot read properties of undefined (reading 'name')",
  ],
  [new PamojaError('PAM-CFG-004', 'the header has no column "email".'), 'the header has no column "email".'],
  [undefined, 'undefined'],
])('what a database says of a value is told without it: %s', (error, told) => {
  expect(shownMessageOf(error)).toBe(told);
});
