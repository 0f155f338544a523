import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { FieldMapping, ProjectConfig } from '../../src/model/config.js';
import type { FieldType } from '../../src/model/entity.js';

const DOCS = resolve(import.meta.dirname, '../../docs');

export function readDoc(name: string): string {
  return readFileSync(resolve(DOCS, name), 'utf8');
}

export interface Block {
  /** What stands behind the language: `source`, `fields orders`; empty for a whole. */
  kind: string;
  text: string;
  line: number;
}

/** The fenced blocks of a language in a document. */
export function blocksOf(text: string, language: string): Block[] {
  const fences = text.matchAll(new RegExp(`^\`\`\`${language}(?: ([^\\n]*))?\\n([\\s\\S]*?)^\`\`\``, 'gm'));
  return [...fences].map((found) => ({
    kind: (found[1] ?? '').trim(),
    text: found[2] as string,
    line: text.slice(0, found.index).split('\n').length,
  }));
}

/** Sources that the fragments of the guide speak of. */
const AROUND: ProjectConfig['sources'] = {
  crm: {
    type: 'csv',
    path: 'customers.csv',
    entities: { customers: { key: 'id', fields: { email: 'email' } } },
  },
  till: {
    type: 'csv',
    path: 'orders.csv',
    entities: { orders: { key: 'no', fields: { order_date: 'day' } } },
  },
};

/** A fragment with as much around it as makes it a whole configuration; unchecked, as a person would write it. */
export function wholeOf({ kind, text }: Block): unknown {
  const written = parse(text) as Record<string, unknown>;
  const [what, entity = ''] = kind.split(' ');
  if (what === '') return written;
  if (what === 'project') return { ...written, sources: AROUND };
  if (what === 'source') return { sources: { ...AROUND, ...written } };
  if (what === 'fields') {
    const example = {
      type: 'csv',
      path: 'example.csv',
      entities: { [entity]: { key: 'id', fields: written } },
    };
    return { sources: { ...AROUND, example } };
  }
  throw new RangeError(`"${kind}" is no kind of fragment`);
}

export interface Reading {
  type: FieldType;
  mapping?: FieldMapping;
}

export interface ReadingTable {
  line: number;
  /** One a column that tells what becomes of the first. */
  readings: Reading[];
  /** Cells of the rows: the written texts, then what each column says of them. */
  rows: { written: string[]; becomes: string[] }[];
}

/** Tables under a comment `<!-- reads: … -->`: texts as written, and what a field of that type makes of them. */
export function readingTables(text: string): ReadingTable[] {
  return [...text.matchAll(/^<!-- reads: (.*) -->\n((?:\|.*\n)+)/gm)].map((found) => {
    const [, , ...body] = (found[2] as string).trimEnd().split('\n');
    const reading = parse(found[1] as string) as Reading | Reading[];
    return {
      line: text.slice(0, found.index).split('\n').length,
      readings: [reading].flat(),
      rows: body.map((row) => {
        const [written = '', ...becomes] = row.slice(1, -1).split(/(?<!\\)\|/);
        return {
          written: [...written.matchAll(/`([^`]*)`/g)].map((code) => code[1] as string),
          becomes: becomes.map((cell) => cell.trim()),
        };
      }),
    };
  });
}

/** Links and pictures of a document that lead to a file of the project, or to a heading. */
export function linksOf(document: string): { written: string; target: string; anchor: string }[] {
  const path = resolve(DOCS, document);
  const text = readFileSync(path, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  const found = [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map((link) => link[1] ?? link[2] ?? '');
  return found
    .filter((written) => !/^[a-z]+:/.test(written))
    .map((written) => {
      const [file = '', anchor = ''] = written.split('#');
      return { written, target: file === '' ? path : resolve(dirname(path), file), anchor };
    });
}

/** The anchors that headings get: lower case, without punctuation, hyphens for blanks. */
export function anchorsOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map((heading) =>
    (heading[1] as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
