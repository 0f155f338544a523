import { createHash } from 'node:crypto';
import { escapeMarkup } from '../kernel/escape-markup.js';
import { countReferences } from '../model/dbml.js';
import { type Entity, postgresType } from '../model/entity.js';
import { drawErd, ERD_STYLE } from './draw-erd.js';

const STYLE = `:root{color-scheme:light dark;--paper:#faf8f4;--ink:#211c15;--soft:#6b6255;--line:#e8e2d7;--clay:#a8441f}
@media (prefers-color-scheme:dark){:root{--paper:#191612;--ink:#efe8dc;--soft:#a89d8d;--line:#3a342c;--clay:#e08a63}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1180px;margin:0 auto;padding:56px 24px 80px}h1{font-size:clamp(1.7rem,4vw,2.5rem);line-height:1.15;letter-spacing:-.02em;margin:0 0 .4rem;text-wrap:balance}p{color:var(--soft);margin:0 0 2rem;max-width:62ch}
figure{margin:0 0 3.5rem;overflow-x:auto}figure svg{display:block;max-width:100%;height:auto;min-width:760px}
section{margin:0 0 3rem}h2{font-size:1.25rem;margin:0}h2+p{margin:.1rem 0 .8rem}
table{width:100%;border-collapse:collapse;font-size:.92rem}th{text-align:left;color:var(--soft);font-weight:500}th,td{padding:.38rem 1rem .38rem 0;border-bottom:1px solid var(--line);vertical-align:top}td:first-child{font-weight:600;white-space:nowrap}td:nth-child(2){color:var(--soft);white-space:nowrap}a{color:var(--clay)}
@media (max-width:640px){main{padding:32px 16px}th:nth-child(2),td:nth-child(2){display:none}}
@media print{body{background:#fff}section{break-inside:avoid}}`;

const NUMBERS = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'];

/** The drawing and every column in words, as one page that loads nothing and runs nothing. */
export async function schemaPage(name: string, entities: readonly Entity[]): Promise<string> {
  const columns = entities.reduce((sum, entity) => sum + entity.fields.length + 1, 0);
  const links = countReferences(entities);
  const title = `${NUMBERS[entities.length] ?? entities.length} tables, ${columns} columns, ${links} ${links === 1 ? 'reference' : 'references'}`;
  const erd = await drawErd(`${name}: ${title}`, entities);
  const policy = `default-src 'none'; style-src ${[STYLE, ERD_STYLE].map(sha256).join(' ')}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(name)}: the schema</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeMarkup(title)}</h1>
<p>The database of ${escapeMarkup(name)}. A crow’s foot stands where there are many, a bar where there is one, a ring where there may be none.</p>
<figure tabindex="0" role="region" aria-label="Diagram of the tables">
${erd}</figure>
${entities.map((entity) => tableOf(entity, entities)).join('\n')}
</main>
</body>
</html>
`;
}

function tableOf(entity: Entity, entities: readonly Entity[]): string {
  const rows = entity.fields.map((field) => {
    const target = entities.find((each) => each.name === field.entity);
    const leads =
      target === undefined
        ? ''
        : ` → <a href="#${escapeMarkup(target.name)}">${escapeMarkup(target.name)}</a>`;
    return row(field.name, postgresType(field.type), withCode(field.description) + leads);
  });
  const id = row(entity.id, 'bigint', 'Primary key. Stable from run to run, never given twice');
  return `<section id="${escapeMarkup(entity.name)}">
<h2>${escapeMarkup(entity.name)}</h2>
<p>${escapeMarkup(entity.description)}</p>
<table><thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
<tbody>${[id, ...rows].join('\n')}</tbody></table>
</section>`;
}

function row(name: string, type: string, meaning: string): string {
  return `<tr><td>${escapeMarkup(name)}</td><td>${escapeMarkup(type)}</td><td>${meaning}</td></tr>`;
}

/** Escaped, with what stands in backticks as code. */
function withCode(text: string): string {
  return escapeMarkup(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

/** A style runs only if it is this one, to the letter. */
function sha256(style: string): string {
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
}
