import { type Html, html } from '../html.js';

/** A section with its finding as the heading. */
export function showSection(id: string, title: string, about: string | Html | null, body: Html): Html {
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${about === null ? null : html`<p>${about}</p>\n`}${body}</section>
`;
}

export interface TableColumn {
  title: string;
  number?: boolean;
}

export interface TableCell {
  text: string;
  /** A smaller line below. */
  below?: string;
  tone?: 'zero' | 'red' | 'good';
}

export interface ShownTable {
  caption: string;
  /** Its values are long: on a phone each has a line of its own. */
  long?: boolean;
  columns: readonly TableColumn[];
  rows: readonly (readonly TableCell[])[];
  /** Its last row, of sums. */
  total?: readonly TableCell[];
}

/**
 * A table whose first column names the rows. Where it is wider than the page it moves within; on a phone each row becomes
 * a block of labelled values, with zeros left out; the roles keep it a table for who listens to it.
 */
export function showTable({ caption, columns, rows, total, long }: ShownTable): Html {
  const head = columns.map(
    ({ title, number }) =>
      html`<th scope="col" role="columnheader"${number ? html` class="n"` : null}>${title}</th>`,
  );
  const label = caption === '' ? columns.map(({ title }) => title).join(', ') : caption;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="reflow${long ? ' long' : ''}" role="table">${caption === '' ? null : html`<caption>${caption}</caption>`}
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${rows.map((row) => showRow(row, columns))}</tbody>
${total === undefined ? null : html`<tfoot role="rowgroup">${showRow(total, columns)}</tfoot>`}</table></div>
`;
}

function showRow(row: readonly TableCell[], columns: readonly TableColumn[]): Html {
  const cells = row.map((cell, i) => {
    const said = html`${cell.text}${cell.below === undefined || cell.below === '' ? null : html`<span class="soft">${cell.below}</span>`}`;
    if (i === 0) return html`<th scope="row" role="rowheader">${said}</th>`;
    const classes = [columns[i]?.number ? 'n' : '', cell.tone ?? ''].filter((name) => name !== '').join(' ');
    return html`<td role="cell"${classes === '' ? null : html` class="${classes}"`} data-label="${columns[i]?.title ?? ''}">${cell.text === '' ? null : html`<span>${said}</span>`}</td>`;
  });
  return html`<tr role="row">${cells}</tr>
`;
}
