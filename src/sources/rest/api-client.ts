import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, request } from 'undici';
import { PamojaError } from '../../kernel/errors.js';
import type { Log } from '../../kernel/log.js';
import { VERSION } from '../../kernel/version.js';
import type { Source } from '../../model/config.js';
import { type Credentials, credentialsOf } from './credentials.js';
import { errorText } from './envelope.js';
import { explainNoAnswer, explainStatus, isPassing } from './explain-failure.js';
import { guardedAgent } from './guarded-agent.js';
import { followTo, isRedirect } from './redirect.js';
import { decideRetry, type Failure } from './retry-policy.js';
import { PACKINGS, takeBody } from './take-body.js';

/** What an API answered with status 200. */
export interface Answer {
  /** Where it came from in the end, behind redirects. */
  url: URL;
  /** By lower-case name; of one that is given several times the texts are joined. */
  headers: Record<string, string>;
  bytes: Buffer;
  /** A text without the secrets that were sent, in case the API repeats them. */
  hide(text: string): string;
  /** It is "No Content": there is nothing, wherever the records would be. */
  nothing?: boolean;
}

/** What the client needs of the world; tests give a clock of their own. */
export interface ClientEffects {
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  now(): number;
  chance(): number;
}

export const REAL_EFFECTS: ClientEffects = {
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  now: () => Date.now(),
  chance: () => Math.random(),
};

const MOST_REDIRECTS = 5;

type Outcome =
  | { kind: 'answer'; answer: Answer }
  | { kind: 'failed'; failure: Failure; error: PamojaErrorOf };
type PamojaErrorOf = (why: string) => PamojaError;

/** Asks one API, with patience. Errors say where by `name`; no address with its parameters is ever shown. */
export class ApiClient {
  readonly base: URL;
  private readonly agent: Agent;
  private readonly credentials: Credentials;
  private readonly timeout: number;
  private readonly allowPrivate: boolean;
  private readonly closing = new AbortController();

  /** Errors: PAM-SRC-016 where a secret is not in the environment. */
  constructor(
    private readonly source: Source,
    env: Readonly<Record<string, string | undefined>>,
    private readonly log: Log,
    private readonly effects: ClientEffects,
  ) {
    this.base = new URL(source.url ?? '');
    this.credentials = credentialsOf(source.auth, env, source.name);
    this.timeout = (source.timeout ?? 30) * 1000;
    this.allowPrivate = source.allowPrivate ?? false;
    this.agent = guardedAgent({
      timeout: this.timeout,
      connections: source.concurrency ?? 1,
      allowPrivate: this.allowPrivate,
    });
  }

  /**
   * Errors: PAM-SRC-014 no answer, 015 an answer with an error, 016 refused, 017 unusable, 019 an address that may
   * not be asked.
   */
  async ask(url: URL, where: string): Promise<Answer> {
    const began = this.effects.now();
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt(url, where);
      if (outcome.kind === 'answer') return outcome.answer;
      const now = this.effects.now();
      const spent = now - began;
      const decision = decideRetry(outcome.failure, { attempt, spent, now, chance: this.effects.chance() });
      if (decision.kind === 'stop') throw outcome.error(decision.why);
      this.log.debug(`${where}: ${outcome.error('').message} Again in ${Math.ceil(decision.pause)} ms`);
      await this.effects.wait(decision.pause, this.closing.signal);
    }
  }

  async close(): Promise<void> {
    // What was asked for ahead must not keep waiting for its next attempt.
    this.closing.abort();
    await this.agent.destroy();
  }

  private async attempt(url: URL, where: string): Promise<Outcome> {
    try {
      return await this.follow(url, where);
    } catch (error) {
      if (error instanceof PamojaError) throw error;
      return {
        kind: 'failed',
        failure: { passing: isPassing(error) },
        error: (why) => explainNoAnswer(error, where, why),
      };
    }
  }

  private async follow(url: URL, where: string): Promise<Outcome> {
    // A stall is noticed by the agent; this bounds an answer that comes a byte at a time.
    const signal = AbortSignal.timeout(this.timeout * 10);
    let own = url.origin === this.base.origin;
    for (let at = url, hops = 0; ; hops += 1) {
      const asked = own ? this.withCredentials(at) : at;
      const { statusCode, headers, body } = await request(asked, {
        dispatcher: this.agent,
        headers: {
          ...PLAIN_HEADERS,
          ...(own ? { ...this.source.headers, ...this.credentials.headers } : {}),
        },
        signal,
      });
      const told = joined(headers);
      if (isRedirect(statusCode)) {
        await body.dump();
        if (hops === MOST_REDIRECTS) throw astray(where, `redirects more than ${MOST_REDIRECTS} times`);
        at = this.target(told.location ?? '', at, where);
        // Who was once led to another host is not trusted to lead back with credentials.
        own &&= at.origin === this.base.origin;
        continue;
      }
      const bytes = await takeBody(body, told['content-encoding']);
      const { hide } = this.credentials;
      if (statusCode === 200) return { kind: 'answer', answer: { url: at, headers: told, bytes, hide } };
      if (statusCode === 204)
        return { kind: 'answer', answer: { url: at, headers: told, bytes: NOTHING, hide, nothing: true } };
      const said = hide(errorText(bytes));
      return {
        kind: 'failed',
        failure: { status: statusCode, retryAfter: told['retry-after'] },
        error: (why) => explainStatus(statusCode, { where, why, said, variables: this.variables() }),
      };
    }
  }

  /** Where a redirect or link leads. Errors: PAM-SRC-019 where one may not go. */
  target(location: string, from: URL, where: string): URL {
    const redirect = followTo(location, from, this.allowPrivate);
    if (redirect.kind === 'refuse') throw astray(where, `leads ${redirect.why}`);
    return redirect.url;
  }

  private withCredentials(url: URL): URL {
    const secret = Object.entries(this.credentials.params);
    if (secret.length === 0) return url;
    const copy = new URL(url);
    for (const [name, value] of secret) copy.searchParams.set(name, value);
    return copy;
  }

  private variables(): string {
    const { auth } = this.source;
    if (auth === undefined) return '';
    if ('bearer' in auth) return auth.bearer;
    return 'basic' in auth ? `${auth.basic.user} and ${auth.basic.password}` : auth.value;
  }
}

/** What an API means that answers "No Content". */
const NOTHING = Buffer.from('[]');

const PLAIN_HEADERS = {
  accept: 'application/json',
  'accept-encoding': PACKINGS,
  'user-agent': `pamoja/${VERSION}`,
};

function astray(where: string, why: string): PamojaError {
  return new PamojaError('PAM-SRC-019', `the API ${why}.`, {
    where,
    next: 'Write the address that it means as url, if you trust it.',
  });
}

function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value ?? ''].flat().join(', ')]),
  );
}
