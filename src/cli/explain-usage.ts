import type { CommanderError } from 'commander';
import { PamojaError } from '../kernel/errors.js';
import { nearest } from '../kernel/nearest.js';
import { COMMANDS, GLOBAL_OPTIONS } from './catalogue.js';
import type { CommandEntry } from './command-entry.js';

/** A mistake on the command line as an error that says what was meant, if that can be guessed. */
export function explainUsage(error: CommanderError, argv: readonly string[]): PamojaError {
  const path = commandsIn(argv);
  const here = path.at(-1);
  const help = `See: pamoja ${[...path.map((entry) => entry.name), '--help'].join(' ')}`;
  const word = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  if (error.code === 'commander.unknownOption') {
    return mistake(`There is no option ${word}`, nearest(word, optionsOf(here)), help);
  }
  if (
    error.code === 'commander.unknownCommand' ||
    (error.code === 'commander.excessArguments' && takesCommand(here))
  ) {
    const known = (here?.commands ?? COMMANDS).map((entry) => entry.name);
    const typed = unknownWord(argv, path.length) ?? word;
    return mistake(`There is no command "${typed}"`, nearest(typed, known), help);
  }
  if (error.code === 'commander.excessArguments') {
    return mistake(`"${here?.name ?? 'pamoja'}" takes fewer words than that`, undefined, help);
  }
  if (error.code === 'commander.missingArgument') {
    return mistake(`"${here?.name ?? 'pamoja'}" needs to know: ${word}`, undefined, help);
  }
  if (error.code === 'commander.optionMissingArgument') {
    return mistake(`${word.split(' ')[0] ?? word} needs a value: ${word}`, undefined, help);
  }
  return mistake(error.message.replace(/^error: /, '').replace(/\.$/, ''), undefined, help);
}

function mistake(message: string, guess: string | undefined, help: string): PamojaError {
  const next = guess === undefined ? help : `Did you mean ${guess}? ${help}`;
  return new PamojaError('PAM-CLI-001', `${message}.`, { next });
}

function takesCommand(here: CommandEntry | undefined): boolean {
  return here === undefined || here.commands !== undefined;
}

/** The commands that the words name, from the outside in. */
function commandsIn(argv: readonly string[]): CommandEntry[] {
  const path: CommandEntry[] = [];
  let known: readonly CommandEntry[] = COMMANDS;
  for (const word of wordsOf(argv)) {
    const found = known.find((entry) => entry.name === word);
    if (found === undefined) break;
    path.push(found);
    known = found.commands ?? [];
  }
  return path;
}

function unknownWord(argv: readonly string[], depth: number): string | undefined {
  return wordsOf(argv)[depth];
}

/** The words that are neither options nor the value of `--config`. */
function wordsOf(argv: readonly string[]): string[] {
  return argv.filter((word, i) => !word.startsWith('-') && argv[i - 1] !== '--config');
}

function optionsOf(here: CommandEntry | undefined): string[] {
  const all = [...(here?.options ?? []), ...GLOBAL_OPTIONS].map((option) => option.flags.split(' ')[0] ?? '');
  return [...all, '--help', '--version'];
}
