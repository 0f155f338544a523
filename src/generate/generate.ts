import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isHeld } from '../engine/sign-of-life.js';
import { signOfWorkspace, Workspace } from '../engine/workspace.js';
import { PamojaError } from '../kernel/errors.js';
import { silent } from '../kernel/log.js';
import { onceStopped, untilStopped } from '../kernel/stopping.js';
import { crmCustomers, shopCustomers } from './customer-files.js';
import { draws } from './draws.js';
import { type GenerateOptions, planGeneration } from './generate-options.js';
import { makeGoods } from './make-goods.js';
import { makePeople } from './make-people.js';
import { makeSales } from './make-sales.js';
import type { Making } from './making.js';
import { posItems, posOrders, shopOrders } from './order-files.js';
import { countFile, type FileCounts, type OutFile, writeTextFile } from './out-file.js';
import { claimFolder, writeTruth } from './out-folder.js';
import { catalogueProducts, shopProducts } from './product-files.js';
import { type Truth, tellTruth } from './truth.js';
import { TRUTH_LISTS, writeTruthLists } from './truth-lists.js';
import { writeConfig } from './write-config.js';
import { writeSheet } from './write-sheet.js';

export type { GenerateOptions } from './generate-options.js';

export interface GenerateResult {
  /** The folder, as an absolute path. */
  dir: string;
  /** The files of the sources, from the folder. */
  files: string[];
  /** Whether `pamoja.config.yaml` was written: only where there was none, or the one that was written before. */
  config: boolean;
  truth: Truth;
}

/**
 * Makes a Kenyan retail business as the files of its systems, with known truth in `truth.json` and `truth/`: after an
 * integration there are exactly as many customers, products, orders and lines as asked for. The same options give the
 * same bytes.
 * Errors: PAM-GEN-001 where a number makes no sense or another one is at work there, PAM-CLI-002 where a file of somebody else's is in the way.
 */
export async function generate(options: GenerateOptions): Promise<GenerateResult> {
  return untilStopped('generation', options, generateAll);
}

async function generateAll(options: GenerateOptions): Promise<GenerateResult> {
  const plan = planGeneration(options);
  const log = options.log ?? silent;
  const description = { plan, draws: draws(plan.seed), log };
  const work = join(resolve(options.dir), '.pamoja', 'generate');
  refuseTwo(work, options.dir);
  const dir = claimFolder(options.dir, [
    ...outFiles(description).map(({ path }) => path),
    ...Object.values(TRUTH_LISTS.same),
    TRUTH_LISTS.rejects,
  ]);
  const workspace = await Workspace.open({
    dir: work,
    readable: [dir],
    memoryMb: options.memoryMb ?? 800,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  const forget = onceStopped(options.signal, () => workspace.stop());
  try {
    const truth = await make({ ...description, workspace }, dir);
    const config = options.config === false ? undefined : writeConfig(dir, plan);
    writeTruth(dir, { ...truth, ...(config === undefined ? {} : { config }) });
    const files = outFiles(description)
      .map(({ path }) => path)
      .sort();
    return { dir, files, config: config !== undefined, truth };
  } finally {
    forget();
    await workspace.close();
  }
}

/** Two at once would write the same files, half of the one and half of the other. */
function refuseTwo(work: string, dir: string): void {
  if (isHeld(signOfWorkspace(work)) !== true) return;
  throw new PamojaError('PAM-GEN-001', 'Another one is making files in this folder.', {
    where: dir,
    next: 'Wait until it has ended, or name another folder.',
  });
}

async function make(making: Making, dir: string): Promise<Truth> {
  const { log, plan } = making;
  log.step(`Making ${plan.customers} customers`);
  await makePeople(making);
  log.step(`Making ${plan.products} products`);
  await makeGoods(making);
  log.step(`Making ${plan.orders} orders with ${plan.items} lines`);
  await makeSales(making);
  const written: { file: OutFile; counts: FileCounts }[] = [];
  for (const file of outFiles(making)) {
    log.step(`Writing ${file.path}`);
    const path = join(dir, file.path);
    rmSync(path, { force: true });
    if (file.format.kind === 'xlsx') await writeSheet(making, file, file.format, path);
    else await writeTextFile(making, file, path);
    written.push({ file, counts: await countFile(making, file) });
  }
  log.step('Writing the truth');
  await writeTruthLists(making, outFiles(making), dir);
  return tellTruth(making, written, TRUTH_LISTS);
}

function outFiles(making: Pick<Making, 'draws' | 'plan'>): OutFile[] {
  return [
    crmCustomers(making),
    shopCustomers(making),
    catalogueProducts(making),
    shopProducts(making),
    posOrders(making),
    posItems(making),
    shopOrders(making),
  ];
}
