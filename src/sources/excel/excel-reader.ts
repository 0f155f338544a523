import type { Workspace } from '../../engine/workspace.js';
import { ident, joined, sql } from '../../kernel/sql.js';
import { columnsOfMapping } from '../../model/columns-of-mapping.js';
import type { Source } from '../../model/config.js';
import { filesOf, refuseChanged } from '../bytes/files.js';
import { fingerprint } from '../bytes/fingerprint.js';
import { onlyGrain } from '../only-grain.js';
import type { Grain, ReadContext, ReadFile, ReadResult, SourceReader } from '../source-reader.js';
import { makeTornTable } from '../torn-log.js';
import { chooseSheet } from './choose-sheet.js';
import { findHeader } from './find-header.js';
import { loadSheet } from './load-sheet.js';
import { withWorkbook } from './open-workbook.js';
import { planSheet } from './sheet-plan.js';

/** Reads Excel workbooks (.xlsx): one sheet of each, every row with anything in it behind the header. */
export const excelReader: SourceReader = { read, columns };

/**
 * Errors: PAM-SRC-001, 002 for files that cannot be read, PAM-SRC-003 where sheet, header or a column is missing,
 * PAM-SRC-005 nothing in it, PAM-SRC-007 damaged, PAM-SRC-009 where the counts differ, PAM-SRC-010 where a file changed
 * meanwhile, PAM-SRC-011 for another kind of file, PAM-SRC-020 where a control total does not hold.
 */
async function read(context: ReadContext, source: Source, grains: readonly Grain[]): Promise<ReadResult> {
  const { workspace, log, root, progress } = context;
  const grain = onlyGrain(source, grains, { file: 'sheet', row: 'row of the sheet' });
  const files = await filesOf(root, source);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const raw = `raw_${source.name}`;
  const torn = `torn_${source.name}`;
  const texts = grain.columns.map((column) => sql`, ${ident(column)} VARCHAR`);
  await workspace.run(
    sql`CREATE OR REPLACE TABLE ${ident(raw)} (_file INTEGER, _ordinal BIGINT, _line INTEGER${joined(texts, '')})`,
  );
  await makeTornTable(workspace, torn);
  const done: ReadFile[] = [];
  let before = 0;
  for (const [index, file] of files.entries()) {
    const sha256 = await fingerprint(file, () => undefined);
    const counted = await withWorkbook(file, async (opened) => {
      const plan = await planSheet(opened, source, grain.columns, context);
      return loadSheet({ workspace, log, raw, torn }, opened, plan, index);
    });
    await refuseChanged(file);
    done.push({ name: file.name, bytes: file.bytes, sha256, counted: [counted] });
    before += file.bytes;
    progress?.(before, total);
  }
  return {
    files: done,
    raw: [{ grain, table: raw }],
    torn,
    locate: (_, refused, output) => locateRows(workspace, raw, torn, refused, output),
  };
}

/** Every record keeps the number of its row, which is the number that Excel shows beside it. */
async function locateRows(
  workspace: Workspace,
  raw: string,
  torn: string,
  refused: string,
  output: string,
): Promise<void> {
  await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(output)} AS
    SELECT r._file, r._ordinal, l._line::BIGINT AS _line FROM (SELECT DISTINCT _file, _ordinal FROM ${ident(refused)}) r
    LEFT JOIN (SELECT _file, _ordinal, _line FROM ${ident(raw)}
      UNION ALL SELECT _file, _ordinal, _line FROM ${ident(torn)}) l USING (_file, _ordinal)`);
}

/** The columns of the first file. */
async function columns({ root, log }: ReadContext, source: Source): Promise<string[]> {
  const [file] = await filesOf(root, source);
  if (file === undefined) return [];
  return withWorkbook(file, async (opened) => {
    const sheet = await chooseSheet(opened, source, log);
    const header = await findHeader(opened, sheet, source, mappedColumns(source));
    return [...header.names.values()];
  });
}

function mappedColumns({ feeds }: Source): string[] {
  const mapped = feeds.flatMap((feed) => [
    ...feed.key,
    ...Object.values(feed.fields).flatMap(columnsOfMapping),
  ]);
  return [...new Set(mapped)];
}
