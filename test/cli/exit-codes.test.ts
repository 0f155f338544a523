import { expect, test } from 'vitest';
import { ERROR_CODES, EXIT } from '../../src/kernel/error-codes.js';

const MEANINGS: Record<keyof typeof EXIT, string> = {
  ok: 'It went well. A run that refused some records went well; see its ledger.',
  unexpected: 'Something went wrong inside Pamoja. `--verbose` shows where.',
  usage: 'The command line asks for something that there is not, or a file is in the way.',
  config: 'The configuration is missing or wrong.',
  source: 'A source cannot be read, or cannot be trusted.',
  quality: 'More records were refused than the project allows. Nothing was published.',
  store: 'The database cannot be reached or used, or `pamoja doctor` found something wrong.',
  checks: 'A check failed. A run then published nothing; `pamoja check` found a difference.',
  busy: 'Other runs kept publishing first. Run again.',
};

function reference(): string {
  const codes = Object.entries(ERROR_CODES);
  const rows = Object.entries(EXIT).map(([name, exit]) => {
    const own = codes.filter(([, code]) => code.exit === exit).map(([code]) => code);
    const families = new Set(own.map((code) => code.replace(/\d+$/, '…')));
    const listed = (own.length <= 2 ? own : [...families]).map((code) => `\`${code}\``).join(', ');
    return `| ${exit} | ${MEANINGS[name as keyof typeof EXIT]} | ${listed} |`;
  });
  return `# Exit codes

The command line ends with one of these codes, so that a script or a scheduler knows what happened without reading the words.

| exit code | what it means | errors |
|---|---|---|
${rows.join('\n')}
| 130 | Somebody pressed Ctrl-C. The last line says whether anything was published. | |

Where a shell shows it, 143 and 129 are the same for the signals TERM and HUP. \`pamoja db psql\` ends with the exit code of psql.

## For a script

With \`--json\` an error is one object on the standard output, and the exit code is the same:

\`\`\`json
{ "outcome": "failed", "error": { "code": "…", "message": "…", "where": "…", "next": "…" } }
\`\`\`

Codes stay what they are from release to release; [errors](errors.md) lists each with what to do.
`;
}

test('docs/reference/exit-codes.md says what the code says', async () => {
  await expect(reference()).toMatchFileSnapshot('../../docs/reference/exit-codes.md');
});
