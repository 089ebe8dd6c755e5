import { beforeEach, describe, expect, test } from '@jest/globals';
import { claims } from '../../../../lambdas/push/worker/claim-chunk.ts';
import { laneOfContent } from '../../../../lambdas/push/runs/row-lane.ts';
import { sequential, targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';

let world: WorkerScene;
beforeEach(() => {
  world = new WorkerScene({ rules: [sequential()], targets: [targetNamed('one')] });
});

const share = {
  run: 'run',
  rule: undefined,
  targets: ['one'],
  lane: 0,
  lanes: 2,
  claim: { lane: 'host#0', epoch: 1 },
};

const refs = Array.from({ length: 400 }, (_, index) => `story:${String(index)}`);
const ours = refs.filter((ref) => laneOfContent(ref, 2) === 0);
const others = refs.filter((ref) => laneOfContent(ref, 2) === 1);

async function changeAll(contents: readonly string[]): Promise<string[]> {
  const ulids: string[] = [];
  for (const ref of contents) {
    ulids.push(await world.change(ref));
    await world.time.run(world.time.sleep(1));
  }
  return ulids;
}

describe('taking rows', () => {
  test('goes past those of other lanes, by 25 at most, and begins anew for what came behind', async () => {
    const first = await world.change(ours[0]!);
    await world.rows.refuse(first, 'PUSH_ERROR', 'no');
    await changeAll(others.slice(0, 120));
    const mine = await changeAll(ours.slice(1, 31));
    const taking = claims(world.parts(), share);
    expect((await taking.next()).map(({ ulid }) => ulid)).toEqual(mine.slice(0, 25));
    expect((await taking.next()).map(({ ulid }) => ulid)).toEqual(mine.slice(25));
    await world.rows.renew(await world.row(first));
    expect((await taking.next()).map(({ ulid }) => ulid)).toEqual([first]);
    expect(await taking.next()).toEqual([]);
    expect(await world.rows.count('NEW')).toBe(120);
  });

  test('ends when the index shows as NEW what others have taken', async () => {
    const ulids = await changeAll(ours.slice(0, 60));
    const shown = await world.rows.oldest('NEW', {}, { after: undefined, limit: 100 });
    for (const ulid of ulids.slice(0, 40)) {
      await world.rows.claim(ulid, { claim: { lane: 'host#0', epoch: 0 }, run: 'other' });
    }
    const parts = world.parts();
    parts.rows.oldest = () => Promise.resolve({ items: [...shown.items], after: undefined });
    const taking = claims(parts, share);
    expect((await taking.next()).map(({ ulid }) => ulid)).toEqual(ulids.slice(40));
  });

  test('fails what the configuration has no rule for, and leaves what it was told to leave', async () => {
    const bad = await world.enqueue(ours[0]!, { rule: 'gone', target: 'one' });
    const left = await world.change(ours[1]!);
    const taking = claims(world.parts(), share);
    taking.leave(left);
    expect(await taking.next()).toEqual([]);
    expect(taking.left).toBe(1);
    expect((await world.row(bad)).status).toBe('PUSH_ERROR');
    expect((await world.row(left)).status).toBe('NEW');
  });
});
