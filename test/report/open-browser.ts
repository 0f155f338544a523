import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

/** The package holds one Chromium, for Linux on x64. */
export const HAS_BROWSER = process.platform === 'linux' && process.arch === 'x64';

/** Arguments with which the package runs in a sandbox of one process, where a second page would end the first. */
const UNFIT = ['--single-process', '--disable-web-security', '--allow-running-insecure-content'];

export async function openBrowser(): Promise<Browser> {
  // Read when the package is loaded: it then unpacks the libraries that a bare system lacks.
  process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs20.x';
  const { default: packed } = await import('@sparticuz/chromium');
  const args = packed.args.filter((arg) => !UNFIT.includes(arg));
  return chromium.launch({
    executablePath: await packed.executablePath(),
    args: [...args, '--disable-gpu'],
    headless: true,
  });
}

export interface Look {
  width: number;
  scheme: 'light' | 'dark';
}

/** A page as somebody opens it, and everything that it did beyond being shown. */
export interface OpenPage {
  page: Page;
  /** What the console said, errors of the page, requests other than the file, dialogs. */
  noise: string[];
  close(): Promise<void>;
}

export async function openPage(browser: Browser, path: string, { width, scheme }: Look): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
  const page = await context.newPage();
  const url = pathToFileURL(path).href;
  const noise: string[] = [];
  page.on('console', (message) => noise.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== url) noise.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    noise.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, noise, close: () => context.close() };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What hinders people who read otherwise, of the two gravest kinds. */
export async function graveBarriers(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
    `axe.run({ resultTypes: ['violations'] }).then((result) => result.violations)`,
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}

/** Elements that stick out to the right of a page, beside those that scroll within. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const width = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll('body *')].filter(
      (each) => each.getBoundingClientRect().right > width + 1 && each.closest('.scroll') === null,
    );
    const scrolls = document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : [];
    return [...scrolls, ...wide.slice(0, 5).map((each) => each.outerHTML.slice(0, 150))];
  })()`);
}
