import type { Source } from '../../model/config.js';
import { filesOf, refuseChanged } from '../bytes/files.js';
import type { Grain, ReadContext, ReadFile, ReadResult, SourceReader } from '../source-reader.js';
import { parsePath } from './json-path.js';
import { type JsonText, textOfFile } from './json-text.js';
import { locateJsonLines } from './locate-json-lines.js';
import { countedBy, makeTables, refuseUnseen, tableOf } from './make-tables.js';
import { readJsonFile } from './read-json-file.js';
import { memberPaths, sampleRecords } from './sample-records.js';
import { stageDocument, stageLines } from './stage-records.js';
import { surveyDocument, surveyLines } from './survey-json.js';

/** Reads JSON documents: a list of records, an object with the list at a path, or one record. */
export const jsonReader: SourceReader = {
  read: (context, source, grains) => read(context, source, grains, false),
  columns: (context, source) => columns(context, source, false),
};

/** Reads files with one JSON object a line. */
export const ndjsonReader: SourceReader = {
  read: (context, source, grains) => read(context, source, grains, true),
  columns: (context, source) => columns(context, source, true),
};

/**
 * Of two members of one name in an object the first is read.
 * Errors: PAM-SRC-001, 002, 006, 007 for files that cannot be read, PAM-SRC-003 where no record holds a mapped
 * member, PAM-SRC-005 and 008 for a document that is empty or malformed, PAM-SRC-009 where the counts differ,
 * PAM-SRC-010 where a file changed meanwhile, PAM-SRC-011 where there are no records.
 */
async function read(
  context: ReadContext,
  source: Source,
  grains: readonly Grain[],
  oneALine: boolean,
): Promise<ReadResult> {
  const { workspace, root } = context;
  const files = await filesOf(root, source);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const way = parsePath(source.records ?? '$', `sources.${source.name}.records`);
  const targets = await makeTables(context, source, grains);
  const eaches = targets.lines.map((grain) => grain.each);
  const done: ReadFile[] = [];
  let before = 0;
  for (const [index, file] of files.entries()) {
    const text = textOfFile(file, source);
    const progress = (bytes: number) => context.progress?.(before + bytes, total);
    const survey = oneALine
      ? await surveyLines(text, eaches, progress)
      : await surveyDocument(text, way, eaches, progress);
    const stage = await (oneALine ? stageLines : stageDocument)(workspace, text, source, survey);
    await readJsonFile(workspace, { index, where: file.where, survey, stage, oneALine }, targets);
    await refuseChanged(file);
    const counted = countedBy(survey, grains, targets);
    done.push({ name: file.name, bytes: file.bytes, sha256: survey.sha256, counted });
    before += file.bytes;
  }
  targets.records.strange.tell(context.log, source.name);
  await refuseUnseen(
    context,
    source,
    targets,
    async () => {
      const texts = files.slice(0, 3).map((file) => textOfFile(file, source));
      return [...new Set((await Promise.all(texts.map((text) => seen(text, source, oneALine)))).flat())];
    },
    !oneALine && source.records === undefined,
  );
  return {
    files: done,
    raw: grains.map((grain) => ({ grain, table: tableOf(source, grain.each) })),
    torn: targets.torn,
    incomplete: targets.incomplete,
    locate: (grain, refused, output) =>
      locateJsonLines(
        workspace,
        {
          records: targets.records.table,
          lines: grains[grain]?.each === undefined ? undefined : tableOf(source, grains[grain].each),
          blanks: oneALine ? targets.blanks : undefined,
        },
        refused,
        output,
      ),
  };
}

async function columns({ root }: ReadContext, source: Source, oneALine: boolean): Promise<string[]> {
  const [file] = await filesOf(root, source);
  return file === undefined ? [] : seen(textOfFile(file, source), source, oneALine);
}

async function seen(text: JsonText, source: Source, oneALine: boolean): Promise<string[]> {
  const way = oneALine ? undefined : parsePath(source.records ?? '$', `sources.${source.name}.records`);
  return memberPaths(await sampleRecords(text, way));
}
