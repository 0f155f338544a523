import { PamojaError } from '../../kernel/errors.js';
import type { Log } from '../../kernel/log.js';
import type { Source } from '../../model/config.js';
import { type JsonPath, parsePath } from '../json/json-path.js';
import type { Survey } from '../json/survey-json.js';
import { type AnswerText, textOfAnswer } from './answer-text.js';
import type { Answer, ApiClient } from './api-client.js';
import { recogniseRecords, surveyAnswer } from './find-records.js';
import type { PageChecks } from './page-checks.js';
import { type PageRead, Pager } from './pager.js';
import { readPageFacts } from './read-page-facts.js';
import { sinceText } from './since-text.js';

/** A page of an API, in memory, counted and found to fit to the pages before it. */
export interface Page extends PageRead {
  /** The name in the ledger: path and number, never a parameter that may be secret. */
  name: string;
  text: AnswerText;
  survey: Survey;
  /** Where the records are in the answer. */
  way: JsonPath;
}

export interface PagesAsked {
  client: ApiClient;
  source: Source;
  log: Log;
  eaches: readonly JsonPath[];
  lastRead: Date | undefined;
  /** Only the first page is wanted. */
  sample: boolean;
  checks: PageChecks;
}

/**
 * The pages of a source in their order; the next ones are asked for while one is worked on.
 * Errors: those of asking, PAM-SRC-015 and 017 for answers without records, PAM-SRC-018 where pages do not add up.
 */
export async function* readPages(asked: PagesAsked): AsyncGenerator<Page, void, undefined> {
  const { client, source, log, checks } = asked;
  const since = sinceText(source.since, asked.lastRead);
  const base = baseOf(source, client.base, since);
  const pager = new Pager(source.pagination, base, (link, from, where) => client.target(link, from, where));
  const nameOf = (number: number) =>
    `${base.pathname}${since === undefined ? '' : ` since ${since.value}`} page ${number}`;
  const whereOf = (number: number) => `${source.name}: ${nameOf(number)}`;
  const ask = (url: URL, number: number): Promise<Answer> => {
    checks.ask(url, number, whereOf(number));
    const answer = client.ask(url, whereOf(number));
    // Whoever awaits it hears of its failure, unless an earlier page failed first.
    answer.catch(() => {});
    return answer;
  };
  let way =
    source.records === undefined ? undefined : parsePath(source.records, `sources.${source.name}.records`);
  let received = 0;
  let told = false;
  let counted = false;
  const single = pager.kind === 'none';
  const declared = typeof source.pagination === 'object' ? source.pagination : undefined;
  const take = async (url: URL, number: number, answer: Answer): Promise<Page> => {
    const where = whereOf(number);
    const text = textOfAnswer(answer, where);
    const place = answer.nothing === true ? [] : (way ?? recogniseRecords(text, base));
    if (answer.nothing !== true) way = place;
    const { survey, envelope } = await surveyAnswer(text, place, asked.eaches, single);
    received += survey.records;
    const first = number === 1 ? survey.records : undefined;
    const facts = readPageFacts(envelope, answer.headers, declared, source.name, first);
    told ||= facts.told;
    counted ||= facts.total !== undefined;
    if (typeof declared?.total === 'string' && !counted && survey.records > 0)
      throw untold(where, `sources.${source.name}.pagination.total`, declared.total);
    const page = {
      url,
      from: answer.url,
      where,
      number,
      records: survey.records,
      received,
      facts,
      name: nameOf(number),
      text,
      survey,
      way: place,
    };
    const { start, end } = survey.found ?? { start: 0, end: 0 };
    checks.take(page, text.bytes.subarray(start, end));
    return page;
  };

  const url = pager.first();
  let page = await take(url, 1, await ask(url, 1));
  if (!asked.sample) {
    let next = pager.next(page);
    const plan = (source.concurrency ?? 1) > 1 && next !== undefined ? pager.plan(page) : undefined;
    if (plan !== undefined) {
      const step = page.records;
      const waiting: Promise<Answer>[] = [];
      let sent = 0;
      const fill = () => {
        while (sent < plan.count && waiting.length < (source.concurrency ?? 1)) {
          waiting.push(ask(plan.url(sent), sent + 2));
          sent += 1;
        }
      };
      fill();
      for (let index = 0; index < plan.count; index += 1) {
        const answer = (await waiting.shift()) as Answer;
        const following = await take(plan.url(index), index + 2, answer);
        pager.next(following);
        if (index < plan.count - 1 && following.records !== step) throw uneven(following, step);
        fill();
        yield page;
        page = following;
      }
    } else {
      while (next !== undefined) {
        const answer = ask(next, page.number + 1);
        yield page;
        page = await take(next, page.number + 1, await answer);
        next = pager.next(page);
      }
    }
    const suspicion = checks.end(page, pager.kind, source.pagination !== undefined);
    if (suspicion !== undefined) log.warn(suspicion);
    if (declared?.next !== undefined && !told && received > 0)
      log.warn(
        `${source.name}: ${received} records, and no answer has ${declared.next}, which names the next page.`,
      );
  }
  yield page;
}

function baseOf(source: Source, url: URL, since: { param: string; value: string } | undefined): URL {
  const base = new URL(url);
  base.hash = '';
  for (const [name, value] of Object.entries(source.params ?? {})) base.searchParams.set(name, String(value));
  if (since !== undefined) base.searchParams.set(since.param, since.value);
  return base;
}

/** The check that was asked for would never be made. */
function untold(where: string, setting: string, path: string): PamojaError {
  return new PamojaError('PAM-SRC-018', `the answer has no number at ${path}, where the total should be.`, {
    where,
    next: `Correct ${setting}.`,
  });
}

/** Pages that are asked for all at once start where even pages would. */
function uneven(page: Page, step: number): PamojaError {
  const message = `the page holds ${page.records} records, and the first one ${step}: some would be passed over.`;
  return new PamojaError('PAM-SRC-018', message, { where: page.where, next: 'Declare concurrency: 1.' });
}
