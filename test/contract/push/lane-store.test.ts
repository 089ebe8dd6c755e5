import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { indexes, laneLeaseMs } from '../../../lambdas/push/contract.ts';
import { laneOf } from '../../../lambdas/push/runs/lane-store.ts';
import type { LaneStore } from '../../../lambdas/push/runs/lane-store.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { storesInMemory, storesInTable } from '../../support/push/stores.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const startMs = 1_760_000_000_000;
let hosts = 0;
const freshLane = () => {
  hosts += 1;
  return laneOf(`sftp://host-${String(hosts)}.example.org`, 0);
};

describe.each([
  ['the double in memory', (): LaneStore => storesInMemory().lanes],
  ['the table', (): LaneStore => storesInTable(table).lanes],
])('lanes in %s', (_name, make) => {
  test('one has a lane, until it is released', async () => {
    const lanes = make();
    const lane = freshLane();
    const epoch = await lanes.acquire(lane, startMs);
    expect(epoch).toBe(1);
    expect(await lanes.isHeld(lane, 1, startMs)).toBe(true);
    expect(await lanes.acquire(lane, startMs + laneLeaseMs - 1)).toBeUndefined();
    await lanes.release(lane, 1);
    expect(await lanes.isHeld(lane, 1, startMs)).toBe(false);
    expect(await lanes.acquire(lane, startMs + 1)).toBe(2);
    expect(await lanes.isHeld(lane, 1, startMs + 2)).toBe(false);
    expect(await lanes.isHeld(lane, 2, startMs + 2)).toBe(true);
  });

  test('lanes of a host are held apart', async () => {
    const lanes = make();
    const lane = freshLane();
    expect(await lanes.acquire(lane, startMs)).toBe(1);
    expect(await lanes.acquire(`${lane}1`, startMs)).toBe(1);
  });

  test('a lane that is not renewed is another’s when its time is over, and not before', async () => {
    const lanes = make();
    const lane = freshLane();
    await lanes.acquire(lane, startMs);
    const endMs = startMs + laneLeaseMs;
    expect(await lanes.isHeld(lane, 1, endMs - 1)).toBe(true);
    expect(await lanes.isHeld(lane, 1, endMs)).toBe(false);
    expect(await lanes.acquire(lane, endMs - 1)).toBeUndefined();
    expect(await lanes.acquire(lane, endMs)).toBe(2);
    expect(await lanes.renew(lane, 1, endMs)).toBe(false);
    await lanes.release(lane, 1);
    expect(await lanes.isHeld(lane, 2, endMs)).toBe(true);
  });

  test('a lane is held on by renewals', async () => {
    const lanes = make();
    const lane = freshLane();
    await lanes.acquire(lane, startMs);
    const laterMs = startMs + laneLeaseMs - 1;
    expect(await lanes.renew(lane, 1, laterMs)).toBe(true);
    expect(await lanes.acquire(lane, startMs + laneLeaseMs)).toBeUndefined();
    expect(await lanes.isHeld(lane, 1, laterMs + laneLeaseMs - 1)).toBe(true);
    expect(await lanes.acquire(lane, laterMs + laneLeaseMs)).toBe(2);
  });

  test('who comes too late to renew has lost the lane, even while nobody else has it', async () => {
    const lanes = make();
    const lane = freshLane();
    await lanes.acquire(lane, startMs);
    // Its rows may have been given to others by then.
    expect(await lanes.renew(lane, 1, startMs + laneLeaseMs)).toBe(false);
    expect(await lanes.isHeld(lane, 1, startMs + laneLeaseMs)).toBe(false);
  });

  test('what was released is not renewed, and an unknown lane is nobody’s', async () => {
    const lanes = make();
    const lane = freshLane();
    expect(await lanes.isHeld(lane, 1, startMs)).toBe(false);
    expect(await lanes.renew(lane, 1, startMs)).toBe(false);
    await lanes.release(lane, 1);
    expect(await lanes.acquire(lane, startMs)).toBe(1);
    await lanes.release(lane, 1);
    await lanes.release(lane, 1);
    expect(await lanes.renew(lane, 1, startMs + 1)).toBe(false);
    expect(await lanes.acquire(lane, startMs)).toBe(2);
  });

  test('of twenty that want a lane at the same moment, one has it', async () => {
    const lanes = make();
    const lane = freshLane();
    const epochs = await Promise.all(
      Array.from({ length: 20 }, () => lanes.acquire(lane, startMs)),
    );
    expect(epochs.filter((epoch) => epoch !== undefined)).toEqual([1]);
    const next = await Promise.all(
      Array.from({ length: 20 }, () => lanes.acquire(lane, startMs + laneLeaseMs)),
    );
    expect(next.filter((epoch) => epoch !== undefined)).toEqual([2]);
  });
});
