import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  url: URL;
  headers: IncomingMessage['headers'];
}

export interface ApiServer {
  /** `http://127.0.0.1:1234` */
  origin: string;
  /** Every request that came, in order. */
  asked: Asked[];
  close(): Promise<void>;
}

export type Handler = (url: URL, response: ServerResponse, request: IncomingMessage) => void;

/** A real HTTP server on loopback that answers as `handle` says. */
export async function serveApi(handle: Handler): Promise<ApiServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    asked.push({ url, headers: request.headers });
    handle(url, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function sendJson(
  response: ServerResponse,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** A list in pages by `limit` and `skip`, as DummyJSON gives it. */
export function sendSkipped(url: URL, response: ServerResponse, name: string, all: readonly unknown[]): void {
  const limit = Number(url.searchParams.get('limit') ?? 30);
  const skip = Number(url.searchParams.get('skip') ?? 0);
  const part = limit === 0 ? all : all.slice(skip, skip + limit);
  sendJson(response, { [name]: part, total: all.length, skip, limit: part.length });
}
