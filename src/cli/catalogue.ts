import type { CommandEntry, OptionEntry } from './command-entry.js';
import { DB } from './db-catalogue.js';

const START = 'Start:';
const WORK = 'Integrate:';
const LOOK = 'Look closer:';

export const GLOBAL_OPTIONS: readonly OptionEntry[] = [
  { flags: '--config <file>', means: 'The configuration, or the folder it is in; this folder unless told' },
  { flags: '--json', means: 'Print JSON for another program to read' },
  { flags: '--no-color', means: 'Print without colour; so does NO_COLOR=1' },
  { flags: '--quiet', means: 'Say only what goes wrong' },
  { flags: '--verbose', means: 'Say every detail' },
];

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'init',
    takes: '[dir]',
    group: START,
    summary: 'Write a configuration to start from',
    description:
      'Looks at the data files in a folder (CSV, JSON, NDJSON, Parquet, also gzipped, and Excel), guesses what they hold by the names of their columns and the first records, and writes a pamoja.config.yaml with comments. Reads the files, changes none of them.',
    options: [{ flags: '--force', means: 'Replace a configuration that is already there' }],
    examples: [
      ['pamoja init', 'Look at the files of this folder'],
      ['pamoja init shop', 'Look at those in the folder shop'],
    ],
    load: async () => (await import('./commands/init.js')).init,
  },
  {
    name: 'generate',
    takes: '[dir]',
    group: START,
    summary: 'Make the files of an invented business, to try Pamoja on',
    description:
      'Makes customers, products, orders and order items of a Kenyan retail business that does not exist, as the files of several systems, with a configuration, and in truth.json what must come of them. The same seed makes the same files. With --serve, the products of the web shop come from an API on this machine.',
    options: [
      { flags: '--customers <number>', means: 'Customers there are in truth (2,000 unless told)' },
      { flags: '--products <number>', means: 'Products (as many as customers unless told)' },
      { flags: '--orders <number>', means: 'Orders (as many as customers unless told)' },
      { flags: '--items <number>', means: 'Lines that an order has on average (1 unless told)' },
      { flags: '--seed <number>', means: 'Another seed, another business (1 unless told)' },
      {
        flags: '--dirt <share>',
        means: 'Bad and repeated records on top of the good ones (0.02 unless told)',
      },
      {
        flags: '--walk-ins <share>',
        means: 'Sales over the counter to customers nobody knows (0 unless told)',
      },
      { flags: '--returns <share>', means: 'Orders that bring goods back (0 unless told)' },
      { flags: '--crm <format>', means: 'What the CRM exports: csv (unless told) or xlsx' },
      { flags: '--serve', means: 'Serve the API until Ctrl-C; makes the files where they are missing' },
      { flags: '--port <number>', means: 'Where to serve it (4254, or a free port where that is taken)' },
    ],
    examples: [
      ['pamoja generate demo', 'Make 2,000 of each into the folder demo'],
      ['pamoja generate demo --crm xlsx --serve', 'With an Excel workbook and an API'],
      ['pamoja generate big --customers 1000000 --items 2.5', 'Make a large one'],
    ],
    load: async () => (await import('./commands/generate.js')).generate,
  },
  {
    name: 'run',
    group: WORK,
    summary: 'Bring the sources together in the database',
    description:
      'Reads the sources, cleans, matches and links their records, and publishes the result in one transaction that is verified before it is committed. A run that fails changes nothing. The database is the one of DATABASE_URL, else of SUPABASE_DB_URL, from the environment or .env, else an embedded PostgreSQL.',
    options: [
      { flags: '--dry-run', means: 'Do everything but publish, and say what would change' },
      { flags: '--adopt', means: 'Add to tables that Pamoja did not make; their rows stay' },
      { flags: '--full', means: 'Look at every record again, also where nothing changed since the last run' },
    ],
    examples: [
      ['pamoja run', 'Run the project of this folder'],
      ['pamoja run --dry-run', 'See what a run would change'],
      ['pamoja run --config shop', 'Run the project in the folder shop'],
      ['pamoja run --json > run.json', 'Keep the result for another program'],
    ],
    load: async () => (await import('./commands/run.js')).run,
  },
  {
    name: 'check',
    group: WORK,
    summary: 'Hold the database against the sources',
    description:
      'Reads the sources again and compares the database with them: counts, keys, references, every value, every total. Changes nothing. Exit code 7 where a check fails.',
    examples: [
      ['pamoja check', 'Say what was asked and what failed'],
      ['pamoja check --json', 'The same for another program'],
    ],
    load: async () => (await import('./commands/check.js')).check,
  },
  {
    name: 'preview',
    takes: '<source>',
    group: LOOK,
    summary: 'Show the first records of a source before and after mapping',
    description:
      'Shows what the mapping makes of the first records, and what the rules find in each. Needs no database and changes nothing.',
    options: [
      { flags: '--rows <number>', means: 'How many records (5 unless told)' },
      { flags: '--entity <entity>', means: 'Only what becomes one of this entity' },
    ],
    examples: [
      ['pamoja preview crm', 'The first five records of the source crm'],
      ['pamoja preview shop --entity orders --rows 20', 'Twenty orders'],
    ],
    load: async () => (await import('./commands/preview.js')).preview,
  },
  {
    name: 'rejects',
    group: LOOK,
    summary: 'List what was refused, and why',
    description:
      'Lists the records that the latest run refused, grouped by cause, and what each cause took along. Shows no values of people unless asked.',
    options: [
      { flags: '--source <source>', means: 'Only those of one source' },
      { flags: '--rule <rule>', means: 'Only those that broke one rule' },
      { flags: '--entity <entity>', means: 'Only those of one entity, and what took them along' },
      { flags: '--run <id>', means: 'Those of an earlier run' },
      { flags: '--values', means: 'Show the refused values too; they may be personal data' },
      { flags: '--csv <file>', means: 'Write every refused record into a CSV file (- for the output)' },
      { flags: '--exact', means: 'In CSV, keep values that a spreadsheet takes for formulas as they are' },
      { flags: '--force', means: 'Replace a CSV file that is already there' },
    ],
    examples: [
      ['pamoja rejects', 'The causes, the most frequent first'],
      ['pamoja rejects --source crm --values', 'Those of one source, with the values'],
      ['pamoja rejects --csv rejects.csv', 'All of them, for a spreadsheet'],
      ['pamoja rejects --json | jq .groups', 'For another program'],
    ],
    load: async () => (await import('./commands/rejects.js')).rejects,
  },
  {
    name: 'trace',
    takes: '<words...>',
    group: LOOK,
    summary: 'Say where a row comes from: source, line, mapping, and why this value',
    description:
      'Says of a customer, product, order or any other row, for every field, which record it is from, what the mapping made of it, and why this value was taken and no other; where each record stands; and why several are one. Asks the database, then reads the sources of the row again. Shows no values of people unless asked. Changes nothing.',
    options: [
      { flags: '--key <key>', means: 'Look for the key that a source gives, instead of an id' },
      { flags: '--source <source>', means: 'The source that has the key' },
      { flags: '--values', means: 'Show the values of people too' },
      { flags: '--no-sources', means: 'Ask the database only; what the records said is not shown' },
    ],
    examples: [
      ['pamoja trace order 1042', 'Where this order comes from'],
      ['pamoja trace order --key R00000012 --source pos_orders', 'What became of this record'],
    ],
    load: async () => (await import('./commands/trace.js')).trace,
  },
  {
    name: 'insights',
    takes: '[name] [parameters...]',
    group: LOOK,
    summary: 'List questions to the database, or ask one',
    description:
      'Lists the questions that come with Pamoja and those in the folder insights/ of the project, or asks one and prints the answer. What it asks for is typed as an option: --min-price 100. Reads only.',
    options: [
      { flags: '--csv', means: 'Print every row as CSV, safe to open in a spreadsheet' },
      { flags: '--exact', means: 'In CSV, keep texts that a spreadsheet takes for formulas as they are' },
      { flags: '--timeout <seconds>', means: 'Give up after so many seconds (60 unless told)' },
    ],
    examples: [
      ['pamoja insights', 'List them'],
      ['pamoja insights products-by-price --min-price 100', 'Ask one'],
      ['pamoja insights high-value-orders --csv > orders.csv', 'The answer for a spreadsheet'],
    ],
    passesOn: true,
    load: async () => (await import('./commands/insights.js')).insights,
  },
  {
    name: 'report',
    group: LOOK,
    summary: 'Write a page about a run, to be read and sent on',
    description:
      'Writes what a run read, refused and changed, its checks, the money and the insights as one HTML page that loads nothing and runs nothing, and beside it as Markdown. Personal data is masked unless asked for.',
    options: [
      { flags: '--out <file>', means: 'The page (report.html beside the configuration unless told)' },
      { flags: '--run <id>', means: 'Tell of an earlier run' },
      { flags: '--names', means: 'Show personal data' },
      { flags: '--force', means: 'Replace files that Pamoja did not write' },
    ],
    examples: [
      ['pamoja report', 'Tell of the latest run, also of one that failed'],
      ['pamoja report --out monday.html', 'Keep it under another name'],
    ],
    load: async () => (await import('./commands/report.js')).report,
  },
  {
    name: 'schema',
    group: LOOK,
    summary: 'Write the schema as a text or a drawing',
    description:
      'Writes the tables of the project as DBML (for dbdocs and dbdiagram), SQL, Mermaid, an SVG or a page; or compares them with the database. With --diff the exit code is 7 where something of ours is missing or changed there.',
    options: [
      {
        flags: '--format <format>',
        means: 'dbml, sql, mermaid, svg or html (as the file is named, else dbml)',
      },
      { flags: '--out <file>', means: 'Write it into a file' },
      { flags: '--force', means: 'Replace a file that is already there' },
      { flags: '--diff', means: 'Say what the database has otherwise than the model' },
    ],
    examples: [
      ['pamoja schema', 'Print the DBML'],
      ['pamoja schema --out schema.svg', 'Draw the tables'],
      ['pamoja schema --diff', 'Compare with the database'],
    ],
    load: async () => (await import('./commands/schema.js')).schema,
  },
  DB,
  {
    name: 'doctor',
    group: LOOK,
    summary: 'Say what is wrong with the installation or the connection',
    description:
      'Tries what a run stands on, from Node.js to the rights in the database, and says in plain words what is wrong and what to do. Changes nothing.',
    examples: [
      ['pamoja doctor', 'Try everything'],
      ['DATABASE_URL=… pamoja doctor', 'Try another database'],
    ],
    load: async () => (await import('./commands/doctor.js')).doctor,
  },
];
