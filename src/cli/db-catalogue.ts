import type { CommandEntry } from './command-entry.js';

/** `pamoja db` and what is under it. */
export const DB: CommandEntry = {
  name: 'db',
  group: 'Look closer:',
  summary: 'Open, start or stop the database of the project',
  examples: [
    ['pamoja db psql', 'Look inside with psql'],
    ['pamoja db psql -c "SELECT count(*) FROM customers"', 'Ask one question'],
    ['pamoja db start', 'Keep the embedded database on, for other tools'],
  ],
  commands: [
    {
      name: 'status',
      summary: 'Say which database it is, and whether it is on',
      examples: [['pamoja db status', 'Say so in words']],
      load: async () => (await import('./commands/db.js')).status,
    },
    {
      name: 'psql',
      takes: '[arguments...]',
      summary: 'Open psql on it; what follows goes to psql',
      description:
        'Opens psql on the database of the project, and starts the embedded one for as long as psql is open. The password goes by the environment and is seen in no list of processes.',
      passesOn: true,
      examples: [
        ['pamoja db psql', 'Look around'],
        ['pamoja db psql -c "TABLE customers LIMIT 5"', 'Ask one question'],
      ],
      load: async () => (await import('./commands/db-psql.js')).psql,
    },
    {
      name: 'url',
      summary: 'Print its URL, which holds the password',
      description:
        'Prints the URL of the database, for another tool. It holds the password: keep it out of files and chats.',
      examples: [['pamoja db url', 'Print the URL']],
      load: async () => (await import('./commands/db.js')).url,
    },
    {
      name: 'start',
      summary: 'Start the embedded database, and keep it on',
      examples: [['pamoja db start', 'Until pamoja db stop']],
      load: async () => (await import('./commands/db.js')).start,
    },
    {
      name: 'stop',
      summary: 'Stop the embedded database',
      examples: [['pamoja db stop', 'Stop it once nobody uses it']],
      load: async () => (await import('./commands/db.js')).stop,
    },
  ],
};
