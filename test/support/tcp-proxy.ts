import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What befalls the next connection that comes to it, once. Bytes are those of COPY that the client sends. */
export type Fault =
  | { kind: 'cut'; copied: number }
  | { kind: 'stall'; copied: number; milliseconds: number }
  /** From there on it takes everything and passes nothing on, of `one` connection or of `all`. */
  | { kind: 'dead'; copied: number; lines: 'one' | 'all' }
  /** `request` never arrives; `reply` is done and not told; `late` arrives when the client has long gone. */
  | { kind: 'commit'; lose: 'request' | 'reply' | 'late'; milliseconds?: number; refuse?: boolean };

/** A TCP proxy before a PostgreSQL server, which knows just enough of what is said to fail at the right moment. */
export interface TcpProxy {
  /** The URL of the server, by way of the proxy. */
  url: string;
  /** Bytes of COPY that clients sent since it was last set to 0. */
  copied: number;
  /** What happens next; it is taken away when it has happened. */
  fault: Fault | undefined;
  /** How many faults have happened. */
  happened: number;
  /** Milliseconds that each piece from the client takes longer. */
  slow: number;
  /** Whether nobody is let in. */
  refuses: boolean;
  /** Whether whoever is let in is never answered. */
  dead: boolean;
  /** From now on nothing passes of those that are in; others are served. */
  deafen(): void;
  close(): Promise<void>;
}

/** Opens a proxy for the server of a URL. */
export async function openTcpProxy(server: string): Promise<TcpProxy> {
  const target = new URL(server);
  const sockets = new Set<Socket>();
  const lines = new Set<() => void>();
  const listener = createServer((client) => {
    if (proxy.refuses) return void client.destroy();
    const upstream = dial(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    void carry(proxy, client, upstream, lines);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const through = new URL(server);
  through.hostname = '127.0.0.1';
  through.port = String((listener.address() as AddressInfo).port);
  const proxy: TcpProxy = {
    url: through.toString(),
    copied: 0,
    fault: undefined,
    happened: 0,
    slow: 0,
    refuses: false,
    dead: false,
    deafen() {
      for (const deaf of lines) deaf();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
  return proxy;
}

async function carry(
  proxy: TcpProxy,
  client: Socket,
  upstream: Socket,
  lines: Set<() => void>,
): Promise<void> {
  const ear = new MessageEar();
  let mute = false;
  let dead = false;
  lines.add(() => {
    dead = true;
  });
  upstream.on('data', (bytes) => {
    if (dead || proxy.dead) return;
    if (!mute) client.write(bytes);
    else client.destroy();
  });
  upstream.on('close', () => client.destroy());
  try {
    for await (const bytes of client as AsyncIterable<Buffer>) {
      const { copied, commits } = ear.hear(bytes);
      proxy.copied += copied;
      if (proxy.slow > 0) await pause(proxy.slow);
      const { fault } = proxy;
      const happens =
        fault !== undefined &&
        (fault.kind === 'commit' ? commits : copied > 0 && proxy.copied >= fault.copied);
      if (happens) {
        proxy.fault = undefined;
        proxy.happened += 1;
        if (fault.kind === 'stall') await pause(fault.milliseconds);
        else if (fault.kind === 'dead') {
          dead = true;
          proxy.dead = fault.lines === 'all';
        } else {
          if (fault.kind === 'commit') {
            proxy.refuses = fault.refuse ?? false;
            mute = true;
            if (fault.lose === 'late') {
              client.destroy();
              await pause(fault.milliseconds);
            }
            if (fault.lose !== 'request') {
              upstream.write(bytes);
              await once(upstream, 'data');
            }
          }
          client.destroy();
          return;
        }
      }
      if (dead || proxy.dead) continue;
      if (!upstream.write(bytes)) await once(upstream, 'drain');
    }
  } catch {
    // The client broke off, and so does the proxy.
  } finally {
    upstream.destroy();
  }
}

/** Follows the messages of a client: each a letter, a length that counts itself, and so many bytes. */
class MessageEar {
  private header = Buffer.alloc(0);
  private rest = 0;
  private letter = '';
  private greeted = false;

  hear(bytes: Buffer): { copied: number; commits: boolean } {
    let copied = 0;
    let commits = false;
    let at = 0;
    while (at < bytes.length) {
      if (this.rest > 0) {
        const taken = Math.min(this.rest, bytes.length - at);
        this.rest -= taken;
        at += taken;
        if (this.letter === 'd') copied += taken;
        continue;
      }
      // The very first message has no letter.
      const size = this.greeted ? 5 : 4;
      const piece = bytes.subarray(at, at + size - this.header.length);
      this.header = Buffer.concat([this.header, piece]);
      at += piece.length;
      if (this.header.length < size) break;
      this.letter = this.greeted ? String.fromCharCode(this.header[0] as number) : '';
      const length = this.header.readInt32BE(size - 4);
      this.rest = length - 4;
      // `COMMIT` and a zero: no other statement of a run is as short.
      if (this.letter === 'Q' && length === 11) commits = true;
      this.header = Buffer.alloc(0);
      this.greeted = true;
    }
    return { copied, commits };
  }
}
