import { changedAmount } from '../../model/ledger.js';
import { type Html, html } from '../html.js';
import { filesTable, ledgerTable } from '../ledger-table.js';
import { moneyTables } from '../money-tables.js';
import type { ReportData } from '../report-data.js';
import { sayMany } from '../say-number.js';
import { showSection, showTable } from './show-section.js';

/** The accounting of rows, and of money. */
export function showLedger(data: ReportData): Html | null {
  if (data.flows.length === 0) return null;
  const files =
    data.files.length === 0
      ? null
      : html`<details><summary>${sayMany(data.files.length, 'file')} <span>of sources that give several</span></summary><div>${showTable(filesTable(data))}</div></details>`;
  return html`${showSection('ledger', sayBalance(data), null, html`${showTable(ledgerTable(data))}${files}`)}${showMoney(data)}`;
}

export function sayBalance({ flows }: ReportData): string {
  return flows.every((flow) => flow.balanced) ? 'Every row is accounted for' : 'The ledger does not balance';
}

function showMoney(data: ReportData): Html | null {
  if (data.amounts.length === 0) return null;
  const { title, about } = sayMoney(data);
  return showSection('money', title, about, html`${moneyTables(data).map(showTable)}`);
}

export function sayMoney({ amounts, run }: ReportData): { title: string; about: string } {
  const changed = amounts.some((amount) => Number(changedAmount(amount)) !== 0);
  const about = `Added up as exact decimals and never across currencies. An amount that cannot be read is not taken as 0.${
    changed ? ' Changed is what rules made of amounts: they were mended or left empty, as told below.' : ''
  }`;
  if (run.outcome === 'failed') return { title: 'The money that was read', about };
  const all = amounts.every((amount) => amount.reconciled);
  return { title: all ? 'The money reconciles to the cent' : 'Some money is not reconciled', about };
}
