import { parseProject } from '../config/read-config.js';
import type { GuessedSource } from '../config/start/guessed-source.js';
import { joinCopies } from '../config/start/learn-copies.js';
import { hasOpenDays } from '../config/start/learn-dates.js';
import { filledDown } from '../config/start/learn-fill-down.js';
import { learnFormats, learnPeriod } from '../config/start/learn-formats.js';
import type { Home } from '../config/start/learn-home.js';
import { leaveOutTotals } from '../config/start/learn-totals-rows.js';
import type { Sample, SampledSource } from '../config/start/sampled-fields.js';
import { configOf } from '../config/start/start-config.js';
import { messageOf } from '../kernel/errors.js';
import type { Log } from '../kernel/log.js';
import { previewSource } from './preview-source.js';

const SAMPLED = 500;
/** Of the end of each file, where totals stand. */
const LAST = 10;
/** So many files more are looked at where days may be months. */
const MOST = 24;

/**
 * Reads the first and last records of every known source, for what names of columns do not tell. Of sources that are
 * copies of each other one is left.
 */
export async function lookInside(
  dir: string,
  name: string,
  sources: GuessedSource[],
  log: Log,
  signal?: AbortSignal,
): Promise<Home | undefined> {
  const known = sources.filter((source) => source.feeds.length > 0);
  if (known.length === 0) return undefined;
  const project = (fileOf: (source: GuessedSource) => string) =>
    parseProject(
      configOf(
        name,
        known.map((source) => ({ ...source, path: fileOf(source) })),
      ),
      dir,
    );
  const read = async (source: GuessedSource, file: string) => {
    const of = project((each) => (each === source ? file : each.example));
    const { feeds } = await previewSource(of, source.name, {
      rows: SAMPLED,
      last: LAST,
      ...(signal === undefined ? {} : { signal }),
    });
    return feeds.map(({ entity, rows }) => ({ entity, rows }));
  };
  const sampled: SampledSource[] = [];
  for (const source of known) {
    const sheet = source.sheet === undefined ? '' : `, sheet ${source.sheet}`;
    log.step(`Reading the first records of ${source.example}${sheet}`);
    try {
      // The first file of many shows how they are written, the second whether numbers start anew.
      const samples = await filledDown(source, () => read(source, source.example));
      const others = source.second === undefined ? [] : await read(source, source.second);
      const [own = [], second = []] = leaveOutTotals(source, [samples, others]);
      if (source.second !== undefined) learnPeriod(source, own, second);
      const each = { source, samples: own.map(head), further: [...own, ...second] };
      const { entities } = project(({ example }) => example);
      for (const file of spread(source.others ?? [])) {
        if (!hasOpenDays(each, entities)) break;
        each.further.push(...(await read(source, file)));
      }
      sampled.push(each);
    } catch (error) {
      signal?.throwIfAborted();
      log.warn(`${source.example}: ${messageOf(error)}`);
    }
  }
  return learnFormats(joinCopies(sources, sampled), project(({ example }) => example).entities, SAMPLED);
}

/** Some of many files, from the first to the last. */
function spread(files: readonly string[]): string[] {
  const step = Math.max(1, files.length / MOST);
  return Array.from(
    { length: Math.min(files.length, MOST) },
    (_, i) => files[Math.floor(i * step)] ?? [],
  ).flat();
}

/** What is left out tells how days are written, and nothing of orders. */
function head({ entity, rows }: Sample): Sample {
  return { entity, rows: rows.slice(0, SAMPLED).filter(({ verdict }) => verdict !== 'filtered') };
}
