import { ident, joined, sql } from '../../kernel/sql.js';
import type { Source } from '../../model/config.js';
import { filesOf, refuseChanged } from '../bytes/files.js';
import { onlyGrain } from '../only-grain.js';
import { refuseReservedColumns } from '../reserved-columns.js';
import type { Grain, ReadContext, ReadFile, ReadResult, SourceReader } from '../source-reader.js';
import { makeTornTable } from '../torn-log.js';
import { type FilePlan, wantedHeader } from './file-plan.js';
import { readHeader } from './header.js';
import { loadFile } from './load-file.js';
import { locateLines } from './locate-lines.js';
import { readAhead } from './read-ahead.js';
import { surveyFile } from './survey.js';

/** Reads CSV files: any delimiter, quote, encoding and line end, plain or gzip. */
export const csvReader: SourceReader = { read, columns };

/**
 * Errors: PAM-SRC-001 to 007 for a file that cannot be trusted, PAM-SRC-009 where the counts differ, PAM-SRC-010 where
 * a file changed meanwhile, PAM-SRC-011 for another kind of file, PAM-CFG-003 for a column that is called like ours.
 */
async function read(context: ReadContext, source: Source, grains: readonly Grain[]): Promise<ReadResult> {
  const { workspace, log, root, progress } = context;
  const grain = onlyGrain(source, grains, { file: 'CSV file', row: 'line of the file' });
  refuseReservedColumns(source, grain.columns);
  const files = await filesOf(root, source);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const raw = `raw_${source.name}`;
  const torn = `torn_${source.name}`;
  const names = [
    sql`_file INTEGER`,
    sql`_ordinal BIGINT`,
    ...grain.columns.map((c) => sql`${ident(c)} VARCHAR`),
  ];
  await workspace.run(sql`CREATE OR REPLACE TABLE ${ident(raw)} (${joined(names)})`);
  await makeTornTable(workspace, torn);
  const to = { workspace, log, source, raw, wanted: grain.columns, torn };
  const plans: FilePlan[] = [];
  let done = 0;
  for (const [index, file] of files.entries()) {
    const header = await wantedHeader(source, file, grain.columns);
    const ahead = readAhead(to, { index, file, header });
    const survey = await surveyFile(file, header, source, (bytes) => progress?.(done + bytes, total)).finally(
      () => ahead,
    );
    const plan = { index, file, header, survey };
    await loadFile(to, plan, await ahead);
    await refuseChanged(file);
    plans.push(plan);
    done += file.bytes;
  }
  return {
    files: plans.map(readFileOf),
    raw: [{ grain, table: raw }],
    torn,
    locate: (_, refused, output) => locateLines(workspace, source, plans, refused, output),
  };
}

/** The columns of the first file. */
async function columns({ root }: ReadContext, source: Source): Promise<string[]> {
  const [file] = await filesOf(root, source);
  return file === undefined ? [] : (await readHeader(file, source)).columns;
}

function readFileOf({ file, survey }: FilePlan): ReadFile {
  return { name: file.name, bytes: file.bytes, sha256: survey.sha256, counted: [survey.records] };
}
