import type { Log } from '../../kernel/log.js';
import type { Output } from '../output.js';
import { fitText } from './display-width.js';
import { LiveLines } from './live-lines.js';
import { printable } from './printable.js';
import { sayBytes, saySeconds } from './say-number.js';

/** Says on the error output what goes on; nothing moves unless that is a terminal. */
export interface Progress {
  log: Log;
  /** Bytes of a source that were read, and all of them. */
  read(source: string, read: number, total: number): void;
  /** Takes away what moves; call before the result is printed. */
  end(): void;
}

export interface ProgressOptions {
  err: Output;
  /** Steps are told. */
  steps: boolean;
  warnings: boolean;
  details: boolean;
}

export function makeProgress(options: ProgressOptions): Progress {
  return options.steps && options.err.isTty && !options.details ? new LiveProgress(options) : plain(options);
}

/** Plain lines, one a step: for pipes, logs and those who want every detail. */
function plain({ err, steps, warnings, details }: ProgressOptions): Progress {
  return {
    log: {
      step: (text) => steps && err.line(printable(text)),
      warn: (text) => warnings && err.line(err.paint.warning(printable(text))),
      debug: (text) => details && err.line(err.paint.soft(printable(text))),
    },
    read() {},
    end() {},
  };
}

interface Reading {
  source: string;
  started: number;
  ended: number | undefined;
  read: number;
  total: number;
}

const EVERY_MS = 100;
/** Nothing moves for what is over in a moment, and no bar for a source that is. */
const BAR_AFTER_MS = 1000;
const BAR_WIDTH = 24;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** One line a source while it is read, then one line for the step that is at work. */
class LiveProgress implements Progress {
  private readonly lines: LiveLines;
  private readonly readings = new Map<string, Reading>();
  private step: { text: string; started: number } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private turn = 0;
  readonly log: Log;

  constructor(private readonly options: ProgressOptions) {
    this.lines = new LiveLines(options.err);
    this.log = {
      step: (text) => this.begin(printable(text)),
      warn: (text) => this.warn(printable(text)),
      debug() {},
    };
  }

  read(source: string, read: number, total: number): void {
    const now = performance.now();
    const known = this.readings.get(source);
    if (known === undefined) {
      this.readings.set(source, { source, started: now, ended: undefined, read, total });
    } else {
      known.read = Math.max(known.read, read);
      known.total = total;
    }
  }

  end(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.step = undefined;
    this.lines.clear();
  }

  private begin(text: string): void {
    const now = performance.now();
    for (const reading of this.readings.values()) reading.ended ??= now;
    this.step = { text, started: now };
    const source = /^Reading (.+)$/.exec(text)?.[1];
    if (source !== undefined) this.read(source, 0, 0);
    this.timer ??= setInterval(() => this.draw(), EVERY_MS).unref();
  }

  private warn(text: string): void {
    if (!this.options.warnings) return;
    this.lines.clear();
    this.options.err.line(this.options.err.paint.warning(text));
  }

  private draw(): void {
    this.turn += 1;
    const now = performance.now();
    const { paint } = this.options.err;
    const widest = Math.max(8, ...[...this.readings.keys()].map((name) => Math.min(24, name.length)));
    const lines = [...this.readings.values()].map((reading) => this.sourceLine(reading, widest, now));
    const { step } = this;
    if (step !== undefined && !step.text.startsWith('Reading ')) {
      const seconds = (now - step.started) / 1000;
      const time = seconds > 1 ? `  ${paint.soft(saySeconds(seconds))}` : '';
      lines.push(`${this.spinner()} ${step.text}${time}`);
    }
    this.lines.draw(lines);
  }

  private sourceLine(reading: Reading, widest: number, now: number): string {
    const { paint } = this.options.err;
    const name = fitText(reading.source, widest).padEnd(widest);
    const size = reading.total > 0 ? sayBytes(reading.total) : '';
    if (reading.ended !== undefined) {
      const time = saySeconds((reading.ended - reading.started) / 1000);
      return `  ${name}  ${paint.soft(`${size.padStart(7)}  ${time}`)}`;
    }
    const known = reading.total > 0 && now - reading.started > BAR_AFTER_MS;
    if (!known) return `${this.spinner()} ${name}`;
    const share = Math.min(1, reading.read / reading.total);
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    return `${this.spinner()} ${name}  ${this.bar(share)} ${percent}  ${paint.soft(`of ${size}`)}`;
  }

  private bar(share: number): string {
    const full = Math.floor(share * BAR_WIDTH);
    return '━'.repeat(full) + this.options.err.paint.soft('━'.repeat(BAR_WIDTH - full));
  }

  private spinner(): string {
    return SPINNER[this.turn % SPINNER.length] ?? ' ';
  }
}
