import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CsvProject } from './csv/csv-project.js';

let csv: CsvProject;
beforeAll(async () => {
  csv = await CsvProject.open();
});
afterAll(() => csv.close());

describe('a column that is called like one that stands beside it', () => {
  test.each(['_file', '_ordinal', '_parent', 'rowid', 'ROWID'])(
    '%s is told where it is mapped',
    async (name) => {
      csv.write('data.csv', `id,${name}\n1,a\n`);
      await expect(csv.read(['id', name])).rejects.toMatchObject({
        code: 'PAM-CFG-003',
        where: 'sources.crm',
        message: `maps the column "${name}", a name that Pamoja uses itself while it reads.`,
      });
    },
  );

  test('does no harm where nobody maps it', async () => {
    csv.write('data.csv', 'id,_file,rowid\n1,a,b\n');
    expect((await csv.read(['id'])).rows).toEqual([['1']]);
  });
});
