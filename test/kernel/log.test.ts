import { expect, test } from 'vitest';
import { withoutSecrets } from '../../src/kernel/log.js';

test.each([
  ['postgres://me:hidden@db.example.com/shop failed', 'postgres://…@db.example.com/shop failed'],
  ['host=db password=hidden user=me', 'host=db password=… user=me'],
  ['?page=2&token=hidden&size=3', '?page=2&token=…&size=3'],
  ['PWD=hidden;Server=db', 'PWD=…;Server=db'],
  ['secret=hidden', 'secret=…'],
  ['apikey=hidden', 'apikey=…'],
])('a text is told without its secrets: %s', (text, told) => {
  expect(withoutSecrets(text)).toBe(told);
});
