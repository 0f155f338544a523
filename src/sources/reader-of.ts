import type { SourceType } from '../model/config.js';
import type { SourceReader } from './source-reader.js';

/** The reader of a kind of source, loaded when it is first needed. */
export async function readerOf(type: SourceType): Promise<SourceReader> {
  switch (type) {
    case 'csv':
      return (await import('./csv/csv-reader.js')).csvReader;
    case 'json':
      return (await import('./json/json-reader.js')).jsonReader;
    case 'ndjson':
      return (await import('./json/json-reader.js')).ndjsonReader;
    case 'excel':
      return (await import('./excel/excel-reader.js')).excelReader;
    case 'parquet':
      return (await import('./parquet/parquet-reader.js')).parquetReader;
    case 'rest':
      return (await import('./rest/rest-reader.js')).restReader;
  }
}
