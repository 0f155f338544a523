import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Entity } from '../../src/model/entity.js';
import { type Arrivals, handOver } from '../../src/pipeline/hand-over.js';

const entity = (name: string): Entity => ({ name, kind: 'document', description: '', id: 'id', fields: [] });

async function namesOf(arrivals: Arrivals): Promise<string[]> {
  const names: string[] = [];
  for await (const group of arrivals) names.push(...group.map(({ name }) => name));
  return names;
}

describe('what is handed over', () => {
  test('is taken group by group, in order, while more is made', async () => {
    const taken: string[] = [];
    let working = true;
    const { taking, takenIn } = await handOver(
      async (arrivals) => {
        taken.push(...(await namesOf(arrivals)));
        await new Promise((done) => setImmediate(done));
        working = false;
      },
      async (hand) => {
        hand([entity('customers'), entity('products')]);
        hand([entity('orders')]);
      },
    );
    await takenIn;
    expect(working).toBe(true);
    await taking;
    expect(taken).toEqual(['customers', 'products', 'orders']);
  });

  test('is given up where its maker fails, and the taker has ended when that is told', async () => {
    let ended = false;
    const failing = handOver(
      async (arrivals) => {
        try {
          await namesOf(arrivals);
        } finally {
          ended = true;
        }
      },
      async (hand) => {
        hand([entity('customers')]);
        throw new Error('the ledger does not balance');
      },
    );
    await expect(failing).rejects.toThrow('the ledger does not balance');
    expect(ended).toBe(true);
  });

  test('ends where both fail, and what was handed over was never taken', async () => {
    const failing = handOver(
      async () => {
        await pause(20);
        throw new Error('the connection broke');
      },
      async (hand) => {
        hand([entity('customers')]);
        await pause(10);
        throw new Error('the disk is full');
      },
    );
    await expect(failing).rejects.toThrow('the disk is full');
  });

  test('stops its maker where the taker failed', async () => {
    const failing = handOver(
      async () => {
        throw new Error('the connection broke');
      },
      async (hand) => {
        await new Promise((done) => setImmediate(done));
        hand([entity('orders')]);
        throw new Error('nobody stopped it');
      },
    );
    await expect(failing).rejects.toThrow('the connection broke');
  });

  test('is not taken in where the taker fails over the last of it', async () => {
    const { taking, takenIn } = await handOver(
      async (arrivals) => {
        for await (const _ of arrivals) throw new Error('the disk is full');
      },
      async (hand) => hand([entity('orders')]),
    );
    await expect(takenIn).rejects.toThrow('the disk is full');
    await expect(taking).rejects.toThrow('the disk is full');
  });
});
