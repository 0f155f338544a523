import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDecimals, equalDecimals, negated } from '../../src/kernel/add-decimals.js';

test('decimals are added exactly, however many and however long', () => {
  expect(addDecimals('0.1', '0.2', '-0.0003')).toBe('0.2997');
  expect(addDecimals('90071992547409931.0001', '1')).toBe('90071992547409932.0001');
  expect(addDecimals('-0.05', '0')).toBe('-0.05');
  expect(addDecimals()).toBe('0');
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })), (parts) => {
      const text = (value: bigint) => {
        const digits = String(value < 0n ? -value : value).padStart(5, '0');
        return `${value < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
      };
      const sum = parts.reduce((total, part) => total + part, 0n);
      expect(addDecimals(...parts.map(text), '0.0000')).toBe(text(sum));
      expect(equalDecimals(addDecimals(text(sum), negated(text(sum))), '0')).toBe(true);
    }),
  );
});
