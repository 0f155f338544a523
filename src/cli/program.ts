import { Command, CommanderError, Help } from 'commander';
import { VERSION } from '../kernel/version.js';
import { COMMANDS, GLOBAL_OPTIONS } from './catalogue.js';
import type { CommandEntry } from './command-entry.js';
import { explainUsage } from './explain-usage.js';
import type { Interruption } from './interruption.js';
import { makeSession } from './make-session.js';
import type { Output } from './output.js';
import type { Given, Session } from './session.js';
import { listTerms } from './terminal/list-terms.js';

interface Effects {
  out: Output;
  err: Output;
  interruption: Interruption;
}

interface Chosen {
  session: Session;
  run(): Promise<number>;
}

/**
 * Reads the command line; gives what shall be done, or nothing where help or the version was asked for and printed.
 * Errors: PAM-CLI-001 for a word that is not known, with the nearest that is.
 */
export async function readArguments(argv: readonly string[], effects: Effects): Promise<Chosen | undefined> {
  let chosen: Chosen | undefined;
  const program = makeProgram(effects.out, (entry, given) => {
    const session = makeSession(effects, given.flags);
    chosen = { session, run: async () => (await entry.load?.())?.(session, given) ?? 0 };
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw explainUsage(error, argv);
  }
  return chosen;
}

type Choose = (entry: CommandEntry, given: Given) => void;

function makeProgram(out: Output, choose: Choose): Command {
  const program = new Command('pamoja')
    .description(
      'Brings the customers, products and orders of several systems together in one PostgreSQL database, and proves that the result is right.',
    )
    .version(VERSION, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Say this')
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => helpWidth(out),
    })
    .configureHelp({
      styleTitle: out.paint.finding,
      minWidthToWrap: 20,
      subcommandTerm: (command) => command.name(),
      visibleOptions(command) {
        // What can be done comes first: the options of all commands are told below it.
        const own = Help.prototype.visibleOptions.call(this, command);
        return command.parent === null ? [] : own.filter((option) => option.long !== '--help');
      },
    });
  for (const option of GLOBAL_OPTIONS) program.option(option.flags, option.means);
  for (const entry of COMMANDS) addCommand(program, entry, out, choose);
  return program
    .usage('<command> [options]')
    .addHelpText('after', examples(out, START) + globalOptions(out))
    .action(() => program.help());
}

function helpWidth(out: Output): number {
  return Math.min(out.width, 100);
}

function globalOptions(out: Output): string {
  const all = [
    ...GLOBAL_OPTIONS,
    { flags: '--help', means: 'Say this, or more of a command' },
    { flags: '--version', means: 'Print the version' },
  ];
  const lines = listTerms(
    all.map(({ flags, means }) => [flags, means]),
    helpWidth(out),
  );
  return `\n${out.paint.finding('Options of every command:')}\n${lines.join('\n')}\n`;
}

const START = [
  ['pamoja generate demo && pamoja run --config demo', 'See it work on an invented business'],
  ['pamoja init && pamoja run', 'Start with the files of this folder'],
  ['pamoja run --help', 'Read more of a command'],
] as const;

function addCommand(parent: Command, entry: CommandEntry, out: Output, choose: Choose): void {
  const command = parent.command(`${entry.name}${entry.takes === undefined ? '' : ` ${entry.takes}`}`);
  command
    .summary(entry.summary)
    .description(entry.description ?? `${entry.summary}.`)
    .usage(usageOf(entry))
    .helpOption('-h, --help', 'Say this')
    .helpCommand(false)
    .addHelpText('after', examples(out, entry.examples) + globalOptions(out));
  if (entry.group !== undefined) command.helpGroup(entry.group);
  if (entry.passesOn === true) command.allowUnknownOption();
  for (const option of entry.options ?? []) command.option(option.flags, option.means);
  for (const each of entry.commands ?? []) addCommand(command, each, out, choose);
  if (entry.load === undefined) {
    command.action(() => command.help());
    return;
  }
  command.action(() => choose(entry, { args: command.args, flags: command.optsWithGlobals() }));
}

function usageOf({ commands, takes }: CommandEntry): string {
  if (commands !== undefined) return '<command> [options]';
  return takes === undefined ? '[options]' : `${takes} [options]`;
}

function examples(out: Output, entries: CommandEntry['examples']): string {
  const lines = listTerms(entries, helpWidth(out), out.paint.command);
  return `\n${out.paint.finding('Examples:')}\n${lines.join('\n')}\n`;
}
