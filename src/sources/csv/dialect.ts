/** How a CSV file is written. Each is one ASCII character; an empty quote means that nothing is quoted. */
export interface Dialect {
  delimiter: string;
  quote: string;
  escape: string;
}
