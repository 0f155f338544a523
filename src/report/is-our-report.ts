/** By these a report is known as one that Pamoja wrote. */
export const PAGE_MARK = '<meta name="generator" content="Pamoja report">';
export const MARKDOWN_MARK = '<!-- Pamoja report -->';

/** Whether the beginning of a file is that of a report, as a page or as Markdown. */
export function isOurReport(head: string): boolean {
  return head.startsWith(MARKDOWN_MARK) || (/^<!doctype html>/i.test(head) && head.includes(PAGE_MARK));
}
