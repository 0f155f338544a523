import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { messageOf, PamojaError } from '../kernel/errors.js';
import { answerProducts } from './answer-products.js';
import { readTruth, TRUTH_FILE } from './out-folder.js';
import { productsUrl, USUAL_PORT } from './project-config.js';
import { RecordPages } from './record-pages.js';
import { configureApi, configuredPort, configurePort } from './write-config.js';

/** What the API gives, from the folder. */
const SERVED_FILE = 'shop/products.ndjson';

export interface ServeOptions {
  /** The port, and no other; unless told that of the configuration, or another where that is taken. */
  port?: number;
}

export interface ServedBusiness {
  /** The address of the list of products. */
  url: string;
  port: number;
  /** How many products there are. */
  total: number;
  /** Whether the configuration in the folder asks this API. */
  configured: boolean;
  close(): Promise<void>;
}

/** Whether a business was generated in a folder, and wholly. */
export function isGenerated(dir: string): boolean {
  const root = resolve(dir);
  return readTruth(root)?.finished === true && existsSync(join(root, SERVED_FILE));
}

/**
 * Serves the web shop's products of a generated business on this machine, for `type: rest`: pages by `skip` and
 * `limit`, with an ETag, and on the way one 429 and one 500, as life has them. Where the port of the configuration is
 * taken, another is found and written there. A business that was made without the API gets a configuration that asks it.
 * Errors: PAM-GEN-001 where nothing was generated in the folder, or the port that was asked for is taken.
 */
export async function serveBusiness(dir: string, options: ServeOptions = {}): Promise<ServedBusiness> {
  const root = resolve(dir);
  if (!isGenerated(root)) {
    throw new PamojaError('PAM-GEN-001', 'There is no generated business here.', {
      where: join(root, TRUTH_FILE),
      next: 'Run: pamoja generate',
    });
  }
  const { port: asked } = options;
  if (asked !== undefined && !(Number.isInteger(asked) && asked >= 0 && asked <= 65_535))
    throw new PamojaError('PAM-GEN-001', `The port is ${asked}; it is a whole number from 0 to 65535.`);
  const pages = await RecordPages.open(join(root, SERVED_FILE));
  if (configuredPort(root) === undefined) configureApi(root);
  const server = createServer(answerProducts(pages));
  const wanted = configuredPort(root);
  const port = await listen(server, asked, wanted ?? USUAL_PORT);
  if (wanted !== undefined && wanted !== port) configurePort(root, port);
  return {
    url: productsUrl(port),
    port,
    total: pages.total,
    configured: wanted !== undefined,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Listens on this machine only, and gives the port. */
async function listen(server: Server, asked: number | undefined, usual: number): Promise<number> {
  try {
    return await listenAt(server, asked ?? usual);
  } catch (error) {
    const taken = ['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (taken && asked === undefined) return listenAt(server, 0);
    throw new PamojaError(
      'PAM-GEN-001',
      taken
        ? `Port ${asked} is taken, or not yours to take.`
        : `Nothing can listen there: ${messageOf(error)}.`,
      { next: 'Name another --port, or none: then a free one is found.' },
    );
  }
}

function listenAt(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', fail);
      done((server.address() as AddressInfo).port);
    });
  });
}
