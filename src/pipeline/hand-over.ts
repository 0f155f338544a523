import type { Entity } from '../model/entity.js';

/** Groups of entities, as they come. */
export type Arrivals = AsyncIterable<readonly Entity[]>;

/**
 * Lets `take` have groups of entities while `give` still makes the next. Where either fails the other is stopped, and
 * both are done when the failure is told. When all are given, tells what `take` promised, which may still be at work, and
 * when it has taken in the last of them: it comes for another; either fails as `take` does.
 */
export async function handOver(
  take: (arrivals: Arrivals) => Promise<void>,
  give: (hand: (entities: readonly Entity[]) => void) => Promise<void>,
): Promise<{ taking: Promise<void>; takenIn: Promise<void> }> {
  // An abort waits for a write that waits for room.
  const room = { highWaterMark: Infinity };
  const { readable, writable } = new TransformStream<readonly Entity[]>(undefined, undefined, room);
  const writer = writable.getWriter();
  let failure: unknown;
  let tell = () => {};
  const takenIn = new Promise<void>((done) => {
    tell = done;
  });
  const taking = take(eachOf(readable, tell));
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
  const orFailed = Promise.race([takenIn, taking]);
  orFailed.catch(() => {});
  return { taking, takenIn: orFailed };
}

async function* eachOf(groups: ReadableStream<readonly Entity[]>, ended: () => void): Arrivals {
  yield* groups;
  ended();
}
