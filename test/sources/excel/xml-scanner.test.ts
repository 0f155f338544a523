import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadXml, XmlScanner } from '../../../src/sources/excel/xml-scanner.js';

type Event = ['open' | 'text' | 'close', string, string?];

/** What the sink is told, pieces of one text put together. */
function eventsOf(chunks: readonly string[]): Event[] {
  const events: Event[] = [];
  const scanner = new XmlScanner({
    open: (name, attributes) => events.push(['open', name, attributes.trim()]),
    text(text) {
      const last = events.at(-1);
      if (last?.[0] === 'text') last[1] += text;
      else events.push(['text', text]);
    },
    close: (name) => events.push(['close', name]),
  });
  for (const chunk of chunks) scanner.write(chunk);
  scanner.end();
  return events;
}

const XML = `<?xml version="1.0"?><!-- > --><x:a b="1>2" c='"'><d/>x &amp; &#65;&#x42;<![CDATA[<&>]]><e f = "g" />y</x:a>\n`;

test('tags, texts and attributes come in their order', () => {
  expect(eventsOf([XML])).toEqual([
    ['open', 'a', `b="1>2" c='"'`],
    ['open', 'd', ''],
    ['close', 'd'],
    ['text', 'x & AB<&>'],
    ['open', 'e', 'f = "g"'],
    ['close', 'e'],
    ['text', 'y'],
    ['close', 'a'],
  ]);
});

test('chunks may end anywhere', () => {
  const whole = eventsOf([XML]);
  fc.assert(
    fc.property(fc.array(fc.nat(XML.length), { maxLength: 12 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), XML.length];
      expect(eventsOf(places.slice(1).map((end, i) => XML.slice(places[i], end)))).toEqual(whole);
    }),
  );
  expect(eventsOf([...XML])).toEqual(whole);
});

test.each(['', '<a>', '<a', '<a></a></b>', '<a/>text', '<!DOCTYPE a><a/>'])(
  '%j is no XML of a workbook',
  (text) => {
    expect(() => eventsOf([text])).toThrow(BadXml);
  },
);
