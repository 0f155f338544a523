import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** A page is held in memory: this bounds it, packed and unpacked. */
export const LARGEST_PAGE = 64 * 1024 * 1024;

/** The body is longer than a page may be. */
export class TooLarge extends Error {}
/** The body is packed in a way that we did not ask for, or its packing is damaged. */
export class Unpackable extends Error {}

const UNPACK: Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** The packings that are understood, as the request says it. */
export const PACKINGS = 'gzip, deflate, br';

/** All bytes of a body, unpacked. Errors: TooLarge, Unpackable, and those of the connection. */
export async function takeBody(
  body: AsyncIterable<Uint8Array>,
  packing: string | undefined,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length > LARGEST_PAGE) throw new TooLarge();
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  const name = packing?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return bytes;
  const unpack = UNPACK[name];
  if (unpack === undefined) throw new Unpackable(name);
  try {
    return await unpack(bytes, { maxOutputLength: LARGEST_PAGE });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge();
    throw new Unpackable(name);
  }
}
