import type { ReportInsight } from './report-data.js';

/** What a reader asks first; of what comes with Pamoja, and is not named here, the table is enough as the last. */
const STORY: readonly string[] = [
  'revenue-by-month',
  'revenue-by-county',
  'revenue-by-category',
  'best-sellers',
  'revenue-by-channel',
  'average-basket',
  'best-customers',
  'rfm-segments',
  'stock-cover',
  'dead-stock',
  'returns',
  'cohort-retention',
  'price-against-catalogue',
];

/** The insights of the project first, then what comes with Pamoja, as a story is told; otherwise by name. */
export function inOrder(insights: readonly ReportInsight[]): ReportInsight[] {
  const place = ({ name, own }: ReportInsight) => {
    if (own) return -1;
    const at = STORY.indexOf(name);
    return at < 0 ? STORY.length : at;
  };
  return [...insights].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
}
