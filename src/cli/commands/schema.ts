import { existsSync, writeFileSync } from 'node:fs';
import { extname, relative, resolve } from 'node:path';
import { EXIT } from '../../kernel/error-codes.js';
import { PamojaError } from '../../kernel/errors.js';
import { suggestion } from '../../kernel/nearest.js';
import { diffSchema, type SchemaDiff } from '../../pipeline/diff-schema.js';
import { SCHEMA_FORMATS, type SchemaFormat, schemaText } from '../../schema/schema-text.js';
import type { Given, Session } from '../session.js';
import { alignTable } from '../terminal/align-table.js';
import { printable } from '../terminal/printable.js';
import { sayMany } from '../terminal/say-number.js';

/** `pamoja schema`: the schema as a text or a drawing, or what the database has otherwise. */
export async function schema(session: Session, { flags }: Given): Promise<number> {
  session.interruption.stopped = 'Stopped.';
  if (flags.diff === true) return diff(session, flags);
  const out = typeof flags.out === 'string' && flags.out !== '-' ? flags.out : undefined;
  const format = formatOf(flags.format, out);
  const path = out === undefined ? undefined : resolve(session.cwd, out);
  if (path !== undefined && existsSync(path) && flags.force !== true) {
    throw new PamojaError('PAM-CLI-002', 'is already there.', {
      where: relative(session.cwd, path) || path,
      next: 'Name another file, or replace it with --force.',
    });
  }
  const project = await session.project();
  const text = await schemaText(project, format);
  if (path === undefined) {
    if (session.json) session.out.line(JSON.stringify({ format, text }, null, 2));
    // A terminal would obey a control character in a description.
    else session.out.write(session.out.isTty ? text.split('\n').map(printable).join('\n') : text);
    return EXIT.ok;
  }
  write(path, text);
  const shown = relative(session.cwd, path) || path;
  if (session.json) session.out.line(JSON.stringify({ format, file: shown }, null, 2));
  else if (!session.quiet)
    session.out.line(`Written to ${shown}: ${sayMany(project.entities.length, 'table')} as ${format}.`);
  return EXIT.ok;
}

const EXTENSIONS: Record<string, SchemaFormat> = {
  '.dbml': 'dbml',
  '.sql': 'sql',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.svg': 'svg',
  '.html': 'html',
  '.htm': 'html',
};

/** As told, else as the name of the file says, else DBML. */
function formatOf(told: unknown, file: string | undefined): SchemaFormat {
  if (typeof told !== 'string') return formatOfFile(file);
  const found = SCHEMA_FORMATS.find((format) => format === told.toLowerCase());
  if (found !== undefined) return found;
  throw new PamojaError('PAM-CLI-001', `There is no format "${told}".`, {
    next: suggestion(told, SCHEMA_FORMATS),
  });
}

/** A file whose name says what it is does not become something else. */
function formatOfFile(file: string | undefined): SchemaFormat {
  const ending = extname(file ?? '').toLowerCase();
  if (ending === '' || ending === '.txt') return 'dbml';
  const format = EXTENSIONS[ending];
  if (format !== undefined) return format;
  throw new PamojaError('PAM-CLI-001', `A schema cannot be written as "${ending}".`, {
    next: `Name a file that ends in ${Object.keys(EXTENSIONS).join(', ')}, or say --format.`,
  });
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PamojaError('PAM-CLI-002', `The file cannot be written (${code}).`, {
      where: path,
      next: 'Name a file in a folder that is there and that you may write to.',
      cause,
    });
  }
}

async function diff(session: Session, flags: Given['flags']): Promise<number> {
  if (flags.format !== undefined || flags.out !== undefined) {
    throw new PamojaError('PAM-CLI-001', '--diff compares, and takes neither --format nor --out.', {
      next: 'Take one away.',
    });
  }
  const project = await session.project();
  const found = await diffSchema(project, { env: session.env, log: session.progress.log });
  session.progress.end();
  if (session.json) session.out.line(JSON.stringify(found, null, 2));
  else if (found.drifted || !session.quiet)
    for (const line of renderDiff(found, session)) session.out.line(line);
  return found.drifted ? EXIT.checks : EXIT.ok;
}

function renderDiff({ differences, drifted, database }: SchemaDiff, { out }: Session): string[] {
  const drifts = differences.filter((each) => each.kind === 'drift');
  const finding = drifted
    ? `The database is not what the model says: ${sayMany(drifts.length, 'difference')}.`
    : 'The database is what the model says.';
  const rows = [...drifts, ...differences.filter((each) => each.kind === 'information')].map((each) => [
    each.kind === 'drift'
      ? { text: 'drift', paint: out.paint.bad }
      : { text: 'yours', paint: out.paint.soft },
    printable(each.part === null ? each.table : `${each.table}.${each.part}`),
    printable(each.says),
  ]);
  const table = alignTable([{ title: '' }, { title: '', least: 20 }, { title: '', least: 20 }], rows, {
    width: out.width,
  });
  return [
    '',
    out.paint.finding(finding),
    out.paint.soft(database),
    '',
    ...table,
    ...(rows.length > 0 ? [''] : []),
  ];
}
