import type { Entity } from '../model/entity.js';

/** Groups of entities, as they come. */
export type Arrivals = ReadableStream<readonly Entity[]>;

/**
 * Lets `take` have groups of entities while `give` still makes the next. Where either fails the other is stopped, and
 * both are done when the failure is told. Gives what `take` promised, which may still be at work when all are given.
 */
export async function handOver(
  take: (arrivals: Arrivals) => Promise<void>,
  give: (hand: (entities: readonly Entity[]) => void) => Promise<void>,
): Promise<{ taking: Promise<void> }> {
  const { readable, writable } = new TransformStream<readonly Entity[], readonly Entity[]>();
  const writer = writable.getWriter();
  let failure: unknown;
  const taking = take(readable);
  taking.catch((error) => {
    failure = error;
  });
  try {
    await give((entities) => {
      if (failure !== undefined) throw failure;
      writer.write(entities).catch(() => {});
    });
    writer.close().catch(() => {});
  } catch (error) {
    await writer.abort(error).catch(() => {});
    await taking.catch(() => {});
    throw error;
  }
  return { taking };
}
