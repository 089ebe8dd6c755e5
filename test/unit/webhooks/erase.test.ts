import { beforeEach, describe, expect, test } from '@jest/globals';
import { randomUlid } from '../../../lambdas/shared/identifier.ts';
import type { EraseJob, UpkeepJob } from '../../../lambdas/webhooks/contract.ts';
import { secondLookSeconds } from '../../../lambdas/webhooks/erase.ts';
import type { ErasingParts } from '../../../lambdas/webhooks/erase.ts';
import { upkeep } from '../../../lambdas/webhooks/upkeep.ts';
import { faulty, faultsAt } from '../../support/faulty.ts';
import type { FaultPlan, PortCall } from '../../support/faulty.ts';
import { InMemoryHookStore } from '../../support/in-memory-hook-store.ts';
import { InMemoryWebhooksUpkeep } from '../../support/in-memory-webhooks-upkeep.ts';
import { newHook } from '../../support/webhook-hooks.ts';

const startMs = Date.parse('2026-11-21T10:30:00.000Z');
const amy = 'user:amy';
const job: EraseJob = {
  kind: 'erase',
  pass: 1,
  ref: amy,
  erasureId: randomUlid(startMs),
  startedAt: new Date(startMs).toISOString(),
};

let now: number;
let hooks: InMemoryHookStore;
let store: InMemoryWebhooksUpkeep;
let sent: { job: UpkeepJob; delaySeconds: number }[];
beforeEach(() => {
  now = startMs + 1_000;
  hooks = new InMemoryHookStore(() => now);
  store = new InMemoryWebhooksUpkeep();
  sent = [];
});

/** A hook of that time with deliveries before and after the beginning of the erasure, and a lane. */
async function hookAt(atMs: number, owner: string | null = amy, deliveries = 3): Promise<string> {
  const hook = newHook({ ulid: randomUlid(atMs), owner });
  await hooks.create(hook);
  addRows(hook.ulid, startMs - 60_000, deliveries);
  addRows(hook.ulid, startMs + 500, 1);
  store.lanes.push({ hook: hook.ulid, key: 'LANE' }, { hook: hook.ulid, key: 'Q#1' });
  return hook.ulid;
}

function addRows(hook: string, atMs: number, count: number): void {
  for (let index = 0; index < count; index += 1) {
    store.deliveries.push({ hook, key: randomUlid(atMs + index) });
  }
}

function parts(plan?: FaultPlan): ErasingParts {
  return faultyParts(plan ?? (() => undefined));
}

function faultyParts(plan: FaultPlan): ErasingParts {
  const jobs = {
    send(more: readonly UpkeepJob[], delaySeconds = 0) {
      for (const one of more) sent.push({ job: one, delaySeconds });
      return Promise.resolve();
    },
  };
  return {
    hooks: faulty(hooks, { plan }),
    upkeep: faulty(store, { plan }),
    jobs: faulty(jobs, { plan }),
    now: () => now,
  };
}

/** Does what was sent for now, then what was sent for later, until nothing is left. */
async function settle(): Promise<void> {
  while (sent.length > 0) {
    const next = sent.toSorted((a, b) => a.delaySeconds - b.delaySeconds)[0];
    if (!next) return;
    sent.splice(sent.indexOf(next), 1);
    now += next.delaySeconds * 1_000;
    await upkeep(parts(), next.job);
  }
}

const left = (hook: string) => [
  ...store.deliveries.filter((row) => row.hook === hook),
  ...store.lanes.filter((row) => row.hook === hook),
];

describe('the erasure of a resource', () => {
  test('removes its hooks with their deliveries and lanes, and counts hooks and deliveries', async () => {
    const gone = [await hookAt(startMs - 2_000), await hookAt(startMs - 1_000)];
    const others = [await hookAt(startMs - 2_000, 'user:bob'), await hookAt(startMs, null)];
    await upkeep(parts(), job);
    for (const hook of gone) {
      expect(await hooks.read(hook)).toBeUndefined();
      expect(left(hook)).toEqual([]);
    }
    for (const hook of others) {
      expect(await hooks.read(hook)).toBeDefined();
      expect(left(hook)).toHaveLength(6);
    }
    // Two hooks, each with four deliveries.
    expect(await store.erasure(amy)).toEqual({
      erasureId: job.erasureId,
      removed: 10,
      done: true,
    });
  });

  test('leaves hooks that came after it began, with all of theirs', async () => {
    const old = await hookAt(startMs);
    const young = await hookAt(startMs + 1);
    await upkeep(parts(), job);
    await settle();
    expect(await hooks.read(old)).toBeUndefined();
    expect(await hooks.read(young)).toBeDefined();
    expect(left(young)).toHaveLength(6);
  });

  test('is done, with nothing removed, where there is nothing', async () => {
    await upkeep(parts(), job);
    expect(await store.erasure(amy)).toMatchObject({ removed: 0, done: true });
  });

  test('twice is once, and one that a later one overtook does nothing', async () => {
    await hookAt(startMs - 1_000);
    await upkeep(parts(), job);
    sent = [];
    await upkeep(parts(), job);
    expect(sent).toEqual([]);
    expect(await store.erasure(amy)).toMatchObject({ removed: 5 });
    const later = { ...job, erasureId: randomUlid(startMs + 60_000) };
    await store.beginErasure(amy, later.erasureId);
    const hook = await hookAt(startMs - 1_000);
    await upkeep(parts(), job);
    expect(await hooks.read(hook)).toBeDefined();
  });

  test('leaves to a next run what its time is not enough for', async () => {
    const hook = await hookAt(startMs - 1_000, amy, 450);
    const slow = parts((call: PortCall) => {
      if (call.method === 'removeDeliveries') now += 20_000;
      return undefined;
    });
    await upkeep(slow, job);
    expect(await store.erasure(amy)).toMatchObject({ removed: 200, done: false });
    expect(sent).toContainEqual({ job, delaySeconds: 0 });
    await settle();
    expect(left(hook)).toEqual([]);
    expect(await store.erasure(amy)).toMatchObject({ removed: 452, done: true });
  });

  test('removes by a second look what was being written, without telling of it', async () => {
    const hook = await hookAt(startMs - 1_000);
    await upkeep(parts(), job);
    addRows(hook, startMs + 900, 2);
    store.lanes.push({ hook, key: 'LANE' });
    const late = await hookAt(startMs - 1);
    expect(new Set(sent.map(({ delaySeconds }) => delaySeconds))).toEqual(
      new Set([secondLookSeconds]),
    );
    const told = await store.erasure(amy);
    await settle();
    expect(left(hook)).toEqual([]);
    expect(left(late)).toEqual([]);
    expect(await hooks.read(late)).toBeUndefined();
    expect(await store.erasure(amy)).toEqual(told);
  });

  test('sweeps no hook that is there', async () => {
    const hook = await hookAt(startMs - 1_000);
    await upkeep(parts(), { kind: 'sweep', hook });
    expect(left(hook)).toHaveLength(6);
  });
});

const error = new Error('died');

/** What it was rejected with. */
async function outcomeOf(work: Promise<void>): Promise<unknown> {
  return work.catch((reason: unknown) => reason);
}
const deaths = [
  ...['list', 'read', 'remove', 'removeLane', 'beginErasure', 'finishErasure', 'erasure'].map(
    (method) => [method, 1] as const,
  ),
  ...[1, 2, 3, 4].flatMap((nth) =>
    (['removeDeliveries', 'addErased', 'send'] as const).map((method) => [method, nth] as const),
  ),
];

describe.each(['refused', 'answer lost'] as const)('a death where a call is %s', (kind) => {
  test.each(deaths)('of %s, call %d, leaves nothing behind', async (method, nth) => {
    const gone = [await hookAt(startMs - 2_000), await hookAt(startMs - 1_000)];
    const young = await hookAt(startMs + 1);
    const dying = parts(faultsAt({ [method]: { [nth]: { kind, error } } }));
    // A call that never comes is no death.
    expect([undefined, error]).toContain(await outcomeOf(upkeep(dying, job)));
    await upkeep(parts(), job);
    expect(await store.erasure(amy)).toMatchObject({ done: true });
    await settle();
    for (const hook of gone) {
      expect(await hooks.read(hook)).toBeUndefined();
      expect(left(hook)).toEqual([]);
    }
    expect(left(young)).toHaveLength(6);
  });
});
