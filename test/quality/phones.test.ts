import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Workspace } from '../../src/engine/workspace.js';
import { openWorkspace, readSamples, readValues } from './read-samples.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await openWorkspace();
});
afterAll(() => workspace.close());

const phone = { type: 'phone' } as const;

async function expectPhones(country: string, expected: Record<string, string | null>) {
  const texts = Object.keys(expected);
  const values = await readValues(workspace, phone, texts, {}, { country });
  expect(Object.fromEntries(texts.map((text, i) => [text, values[i]]))).toEqual(expected);
}

test('Kenyan numbers are read however they are written', () =>
  expectPhones('KE', {
    '0712345678': '+254712345678',
    '0112345678': '+254112345678',
    '712345678': '+254712345678',
    '254712345678': '+254712345678',
    '+254712345678': '+254712345678',
    '00254712345678': '+254712345678',
    '00254 712 345 678': '+254712345678',
    '+254 712 345 678': '+254712345678',
    '+254-712-345-678': '+254712345678',
    '+254 (0)712 345678': '+254712345678',
    '+2540712345678': '+254712345678',
    '(0)712 345 678': '+254712345678',
    '0712.345.678': '+254712345678',
    '0712/345678': '+254712345678',
    '0712\u2011345\u2011678': '+254712345678',
    '\uFEFF0712\u00A0345 678': '+254712345678',
    'Tel: 0712 345 678': '+254712345678',
    "'0712 345 678": '+254712345678',
    "'+254712345678": '+254712345678',
    '0712345678 x123': '+254712345678',
    '0712345678x12': '+254712345678',
    '0712 345 678 ext. 4': '+254712345678',
    '254712345678.0': '+254712345678',
    '712345678.0': '+254712345678',
    '020 2345678': '+254202345678',
    '(020) 234 5678': '+254202345678',
    '0202345678': '+254202345678',
    '020/2345678': '+254202345678',
    '+254 20 2345678': '+254202345678',
    '041 2345678': '+254412345678',
  }));

test('numbers of other countries need their + or 00', () =>
  expectPhones('KE', {
    '+256 772 123456': '+256772123456',
    '00256772123456': '+256772123456',
    '+44 (0)20 7946 0958': '+442079460958',
    '(+49) 30 0074321': '+49300074321',
    '+1 (555) 555-0100': '+15555550100',
    '030-0074321': null,
    '(5) 555-3932': null,
    '0621-08460': null,
    '0522-556721': null,
    '(171) 555-7788': null,
    '(11) 555-7647': null,
    '(1) 42.34.22.66': null,
    '011-4988260': null,
    '069-0245984': null,
    '+1234': null,
    '+1234567890123456': null,
    '+0712345678': null,
  }));

test('what is no number is none', () =>
  expectPhones('KE', {
    '+712345678': null,
    '00712345678': null,
    '071234567': null,
    '07123456789': null,
    '+25471234567': null,
    '+2547123456789': null,
    '0912345678': null,
    '000': null,
    '0': null,
    'call me': null,
    '0712345678a': null,
    '2.547E+11': null,
    '2,547E+11': null,
    '0712***678': null,
    '07XX XXX 678': null,
    '+': null,
    '٠٧١٢٣٤٥٦٧٨': null,
  }));

test('of two numbers in one cell the first that can be read is taken', () =>
  expectPhones('KE', {
    '0712345678 / 0733445566': '+254712345678',
    '0712345678/0733445566': '+254712345678',
    '0712345678,0733445566': '+254712345678',
    '0712 345 678; 0733 445 566; 0722 000 111': '+254712345678',
    'none / 0733445566': '+254733445566',
    '0712345678 or 0733445566': '+254712345678',
    '0712345678\n0733445566': '+254712345678',
    '+254712345678 +254733445566': '+254712345678',
  }));

test('other home countries have their own prefixes', async () => {
  await expectPhones('UG', { '0772 123456': '+256772123456', '+254712345678': '+254712345678' });
  await expectPhones('US', {
    '(212) 555-0147': '+12125550147',
    '1-212-555-0147': '+12125550147',
    '555-0147': null,
  });
  await expectPhones('GB', { '07700 900123': '+447700900123', '020 7946 0958': '+442079460958' });
  await expectPhones('DE', {
    '030-0074321': '+49300074321',
    '0171 1234567': '+491711234567',
    '0171 12345678': '+4917112345678',
  });
  await expectPhones('in', { '98765 43210': '+919876543210', '919876543210': '+919876543210' });
  await expectPhones('NG', { '0803 123 4567': '+2348031234567' });
});

test('of a country that is not known only numbers with + are read, and the reason says so', async () => {
  const read = await readSamples(workspace, phone, ['0712345678', '+254 712 345678'], {}, { country: 'IS' });
  expect(read.map((each) => each.value)).toEqual([null, '+254712345678']);
  expect(read[0]?.reasons).toEqual([expect.stringContaining('with + and country code')]);
});

test('a masked number has its own rule and is never more than blanked', async () => {
  const [masked, damaged, kept] = await readSamples(workspace, phone, [
    '0712***678',
    '2.547E+11',
    '0712345678',
  ]);
  expect(masked?.broken).toEqual(['masked']);
  expect(damaged?.broken).toEqual(['type']);
  expect(damaged?.reasons[0]).toContain('spreadsheet');
  expect(kept?.broken).toEqual([]);
});

test('a masked number where one is required counts as not given', async () => {
  const [masked] = await readSamples(workspace, { ...phone, required: true }, ['0712***678']);
  expect(masked?.broken).toEqual(['masked', 'required']);
});
