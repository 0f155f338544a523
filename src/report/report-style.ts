const LIGHT =
  '--paper:#faf8f4;--card:#fffefb;--ink:#211c15;--soft:#675e51;--line:#e8e2d7;--wash:#f1ece2;--clay:#c4552d;--acacia:#3d7a58;--lake:#2f6f9f;--sun:#d99a1c;--plum:#7b4b78;--stone:#a39684;--ember:#b3261e;--good:#2f6647;--link:#a8441f;--tile:#b84b25;--on-tile:#fff';
const DARK =
  '--paper:#171410;--card:#201c17;--ink:#f1ebe0;--soft:#b3a999;--line:#382f26;--wash:#2a251e;--clay:#e07a50;--acacia:#6fb98c;--lake:#6fb0dd;--sun:#efb94a;--plum:#bb86b6;--stone:#8a7f70;--ember:#f07a6e;--good:#86cda3;--link:#f0986f;--tile:#e07a50;--on-tile:#171410';

// On paper everything is light, whatever the screen was.
const ERD_ON_PAPER =
  '--paper:#fff;--card:#fff;--ink:#211c15;--soft:#675e51;--line:#e0d8ca;--thread:#a39684;--clay:#c4552d;--acacia:#3d7a58;--lake:#2f6f9f;--sun:#a8740f;--plum:#7b4b78;--stone:#7d7263;--on:#fff';

/** The whole style of a report. Colours are variables, so that one drawing serves light, dark and paper. */
export const REPORT_STYLE = `:root{color-scheme:light dark;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
.page{max-width:1180px;margin:0 auto;padding:40px 30px 72px}
.skip{position:absolute;left:-9999px}.skip:focus{left:16px;top:12px;background:var(--ink);color:var(--paper);padding:8px 14px;border-radius:8px;z-index:1}
header .mark{display:flex;gap:12px;align-items:center;color:var(--soft);font-size:14px;margin:0 0 34px}.mark span{min-width:0;overflow-wrap:anywhere}.mark svg{width:32px;height:24px;flex:none}.mark b{color:var(--ink)}
h1{font-size:clamp(1.75rem,4.4vw,2.75rem);line-height:1.12;letter-spacing:-.025em;font-weight:700;margin:0 0 14px;text-wrap:balance;max-width:32ch}
h1.long{max-width:44ch;font-size:clamp(1.55rem,3.4vw,2.2rem)}
.lead{font-size:1.08rem;color:var(--soft);max-width:68ch;margin:0}p{text-wrap:pretty}
.badge{display:inline-block;margin:20px 0 0;padding:5px 15px;border-radius:99px;font-weight:600;font-size:.9rem;background:color-mix(in srgb,var(--good) 13%,var(--paper));color:var(--good)}
.badge svg{display:inline-block;width:.85em;height:.85em;margin-right:.6em;vertical-align:-.06em}.badge.bad{background:color-mix(in srgb,var(--ember) 11%,var(--paper));color:var(--ember)}
.next{margin:22px 0 0;padding:14px 20px;border-left:4px solid var(--ember);background:var(--card);border-radius:0 10px 10px 0;max-width:72ch}.next b{display:block}
section{margin:64px 0 0}
h2{font-size:1.5rem;letter-spacing:-.015em;line-height:1.2;margin:0 0 4px;text-wrap:balance}
h3{font-size:1.02rem;line-height:1.3;margin:0;overflow-wrap:anywhere}
h2+p,.about{color:var(--soft);margin:0 0 18px;max-width:72ch}
code{font:.88em ui-monospace,"Cascadia Code",Menlo,Consolas,monospace;background:var(--wash);border-radius:4px;padding:.1em .35em;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));background:var(--card);border:1px solid var(--line);border-radius:14px;overflow:hidden;margin:36px 0 0;padding:0;list-style:none}
.figures li{padding:18px 22px 16px;min-width:0;border:solid var(--line);border-width:0 1px 1px 0;margin:0 -1px -1px 0}.figures b{display:block;font-size:1.85rem;line-height:1.2;letter-spacing:-.02em;font-weight:680}.figures small{font-size:.55em;font-weight:600;letter-spacing:0;color:var(--soft);margin-right:.35em}.figures span{display:block;color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
figure{margin:0}svg{display:block}
.flow svg{width:100%;height:auto;overflow:visible}.flow .narrow{display:none}
svg text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;white-space:pre}
.stream{transition:fill-opacity .15s}.stream:hover{fill-opacity:.85}
.grid{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:18px}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:20px 22px;min-width:0;grid-column:span 2}.card.wide{grid-column:span 3}.card.tall{grid-row:span 2}
.card p{margin:2px 0 14px;color:var(--soft);font-size:.88rem;overflow-wrap:anywhere}.card svg{width:100%;height:auto;overflow:visible}.card .narrow{display:none}.card p.after{margin:12px 0 0}.card:not(.wide) .broad{display:none}.card:not(.wide) .narrow{display:block}.tables{margin:40px 0 12px}details+.about{margin:16px 0 0}
.scroll{overflow-x:auto;border-radius:6px;margin:0 0 8px}.scroll:focus-visible,a:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:3px}
table{border-collapse:collapse;width:100%;font-size:.92rem}.scroll+.scroll{margin-top:26px}caption{text-align:left;color:var(--soft);font-size:.88rem;padding:0 0 8px}
th{font-weight:500;text-align:left;color:var(--soft);font-size:.86rem;vertical-align:bottom}th,td{padding:9px 20px 9px 0;border-bottom:1px solid var(--line)}td,tbody th{vertical-align:top}tbody th{color:var(--ink);font-size:inherit;font-weight:600;overflow-wrap:anywhere;min-width:14ch}
tr>:last-child{padding-right:2px}.n{text-align:right;white-space:nowrap}td .soft,th .soft{color:var(--soft);font-weight:400;display:block;font-size:.88em;overflow-wrap:anywhere}
.zero{color:var(--soft)}.red{color:var(--ember);font-weight:600}.good{color:var(--good)}tfoot td,tfoot th{font-weight:650;color:var(--ink);font-size:.92rem;border-bottom:0;border-top:2px solid var(--line)}
.causes{list-style:none;margin:0;padding:0}.cause{display:grid;grid-template-columns:minmax(3.4rem,auto) minmax(0,1fr) minmax(0,1fr);column-gap:24px;padding:14px 0;border-top:1px solid var(--line)}
.cause .number{font-size:1.6rem;line-height:1.15;font-weight:680;color:var(--ember);letter-spacing:-.02em}.cause p{margin:4px 0 0;color:var(--soft);font-size:.92rem;overflow-wrap:anywhere}.cause .do{margin:0;color:var(--ink)}.cause .do b{display:block;font-size:.86rem;font-weight:500;color:var(--soft)}
.samples code{color:var(--ink)}
details{border-top:1px solid var(--line)}details:last-of-type{border-bottom:1px solid var(--line)}summary{cursor:pointer;padding:12px 2px;font-weight:600}summary span{color:var(--soft);font-weight:400}details>div{padding:0 0 18px}.causes+details{margin-top:0}details .cause:first-child{border-top:0}
.erd-figure svg{min-width:760px;max-width:100%;height:auto;margin:0 auto}
.made{display:grid;grid-template-columns:repeat(auto-fit,minmax(250px,1fr));gap:16px 32px;margin:0}.made div{min-width:0}.made dt{color:var(--soft);font-size:.88rem}.made dd{margin:0;overflow-wrap:anywhere}
footer{margin:64px 0 0;padding:18px 0 0;border-top:1px solid var(--line);color:var(--soft);font-size:.88rem}
@media (max-width:900px){.card{grid-column:span 3}.card.wide{grid-column:1/-1}.card.wide svg{max-width:600px;margin:0 auto}.cause{grid-template-columns:4rem minmax(0,1fr)}.cause .do{grid-column:2;margin-top:10px}}
@media (max-width:640px){.page{padding:26px 18px 48px}section{margin-top:48px}.flow .broad,.card .broad{display:none}.flow .narrow,.card .narrow{display:block}.grid{grid-template-columns:minmax(0,1fr);gap:14px}.card,.card.wide{grid-column:1/-1;padding:18px 16px}header .mark{margin-bottom:24px}.figures{grid-template-columns:1fr 1fr}.figures li{padding:14px 16px}.figures li:last-child:nth-child(odd){grid-column:1/-1}.figures b{font-size:1.4rem}.cause{display:block}
.reflow thead{display:none}.reflow,.reflow tbody,.reflow tfoot,.reflow td,.reflow th,.reflow caption{display:block}.reflow tr{padding:12px 0;border-bottom:1px solid var(--line)}.reflow td,.reflow tbody th,.reflow tfoot th{border:0;padding:2px 0}.reflow td{display:flex;justify-content:space-between;gap:16px;text-align:right}.reflow tr{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(150px,100%),1fr));column-gap:28px}.reflow.long tr{display:block}.reflow tr>th{grid-column:1/-1}.reflow td>span{min-width:0;overflow-wrap:anywhere}.reflow td::before{content:attr(data-label);color:var(--soft);text-align:left;font-weight:400}.reflow td:empty,.reflow .zero{display:none}.reflow tfoot{border-top:2px solid var(--line)}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media print{details::details-content{content-visibility:visible!important;block-size:auto!important}@page{margin:14mm}:root{--paper:#fff;--card:#fff}.page{max-width:none;padding:0}html{font-size:11.5px}body{font-size:1rem;-webkit-print-color-adjust:exact;print-color-adjust:exact}section{margin-top:28pt}.card,.cause,.figures,tr,.flow{break-inside:avoid}h2,h3,summary{break-after:avoid}thead{display:table-header-group}.scroll{overflow:visible}.skip{display:none}th,td{padding:4px 12px 4px 0}.cause{grid-template-columns:minmax(3.4rem,auto) minmax(0,1fr) minmax(0,1fr);padding:7px 0}.cause .do{grid-column:3;margin-top:0}.scroll table{font-size:.8rem}th.n{white-space:normal;vertical-align:bottom}summary{list-style:none}.erd-figure svg{min-width:0;width:100%}.erd-figure .erd{${ERD_ON_PAPER}}.grid{grid-template-columns:repeat(6,minmax(0,1fr))}.card,.card.wide{grid-column:span 3;padding:12px 14px}.card .broad{display:none}.card .narrow{display:block}}`;
