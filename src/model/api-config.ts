/** How an API gives its records in pages. What is not told is recognised by the first answer. */
export interface Pagination {
  /** By number, by how many to pass over, by a mark in the answer, by a link to the next page, or not at all. */
  kind: 'page' | 'offset' | 'cursor' | 'link' | 'none';
  /** The parameter with the page, offset or cursor. */
  param?: string;
  /** The first page or offset; 1 or 0 unless told. */
  first?: number;
  /** Records a page that are asked for, and the parameter that says so. */
  size?: number;
  sizeParam?: string;
  /** The path of the next cursor or link in the answer. */
  next?: string;
  /** The path of the number of all records in the answer; `false` where what looks like it is none. */
  total?: string | false;
}

/** Where the credentials of an API are: names of environment variables, never the secrets themselves. */
export type Auth =
  | { bearer: string }
  | { basic: { user: string; password: string } }
  | { header: string; value: string }
  | { param: string; value: string };

/** Asks only for what changed since the last run that was published. */
export interface Since {
  /** The parameter with the time: `updated_at_min`. */
  param: string;
  /** Minutes before the last run from which records are asked for again; 60 unless told. */
  overlap?: number;
  /** How the time is written: `2026-03-01T06:00:00Z` (unless told), `2026-03-01`, or seconds since 1970. */
  format?: 'iso' | 'date' | 'unix';
}

/** What is said of a source of type `rest`, beside what is said of any source. */
export interface ApiConfig {
  /** The address of the list: `https://shop.example/api/orders`. */
  url?: string;
  /** Parameters of every request: `status: any`. */
  params?: Record<string, string | number | boolean>;
  /** Headers of every request that are no secrets. */
  headers?: Record<string, string>;
  auth?: Auth;
  pagination?: Pagination['kind'] | Pagination;
  since?: string | Since;
  /** Seconds without a sign of life after which a request is tried again; 30 unless told. */
  timeout?: number;
  /** Requests at a time; 1 unless told. More need pages by number or offset, and a total. */
  concurrency?: number;
  /** Whether the API may be in this machine or a private network, and may be asked without encryption. */
  allowPrivate?: boolean;
  /** By how many records the total may change while it is read; 0 unless told. */
  tolerance?: number;
}
