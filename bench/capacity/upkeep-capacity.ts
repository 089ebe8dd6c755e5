import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { follow } from '../../lambdas/follows/follow.ts';
import { unfollow } from '../../lambdas/follows/unfollow.ts';
import { postAction } from '../../lambdas/timelines/post-action.ts';
import { upkeep } from '../../lambdas/timelines/upkeep.ts';
import type { Result } from '../result.ts';
import { newAction, newResource } from '../sample.ts';
import { followWriting, timelinesParts } from '../social.ts';
import type { TimelinesParts } from '../social.ts';
import type { CapacityMeter } from './capacity-meter.ts';
import { consumption } from './consumption.ts';

/** Actions of the one who is followed and unfollowed. */
const imported = 20;

/** Old enough for the second import, which only looks for what came at the moment of the follow. */
const dayMs = 24 * 60 * 60_000;

/** Rows that a trim finds too many: what a day brought to a timeline that was full. */
const daysRows = 50;
const keep = 100;

/** Consumption of what follows from a follow, an unfollow and a return, in jobs of their own. */
export async function upkeepCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const parts = timelinesParts(client);
  const writing = followWriting(client);
  const [owner, actor] = [newResource(), newResource()];
  await post({ ...parts, now: dayAgo }, actor, imported);

  const { edge } = await follow(writing, { follower: owner, followed: actor });
  const via = { owner, actor, followId: edge.followId };
  const importing = await meter.measure(() => bothPasses(parts, { kind: 'import', ...via }));
  const rebuilding = await meter.measure(async () => {
    await parts.privates.touch(owner, Date.now(), true);
    await upkeep(parts, { kind: 'rebuild', owner });
  });
  await unfollow(writing, { follower: owner, followed: actor });
  const cleaning = await meter.measure(() => bothPasses(parts, { kind: 'clean', ...via }));
  const trimming = await trimOfADay(parts, meter);

  return [
    ...consumption(`import of ${String(imported)} actions after a follow`, importing),
    ...consumption(`removal of ${String(imported)} actions after an unfollow`, cleaning),
    ...consumption(`rebuild of ${String(imported)} actions of 1 followed`, rebuilding),
    ...consumption(`trim of ${String(daysRows)} rows behind ${String(keep)}`, trimming),
  ];
}

async function bothPasses(
  parts: TimelinesParts,
  job: { kind: 'import' | 'clean'; owner: string; actor: string; followId: string },
): Promise<void> {
  await upkeep(parts, { ...job, pass: 1 });
  for (const second of parts.jobs.take()) await upkeep(parts, second);
}

async function trimOfADay(parts: TimelinesParts, meter: CapacityMeter) {
  const { privates, now, newUlid, settings } = parts;
  const follower = { owner: newResource(), actor: newResource(), followId: newUlid(now()) };
  const { data, ...action } = newAction();
  await privates.writeCopies(
    Array.from({ length: keep + daysRows }, () => ({
      ...action,
      ...follower,
      ulid: newUlid(now()),
      data: JSON.stringify(data),
    })),
  );
  const trimming = { ...parts, settings: { ...settings, keep } };
  return meter.measure(() => upkeep(trimming, { kind: 'trim', owner: follower.owner }));
}

async function post(parts: TimelinesParts, actor: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const { data, ...action } = newAction();
    await postAction(
      parts,
      actor,
      { ...action, data: JSON.stringify(data) },
      { self: false, idempotencyKey: undefined, scope: [] },
    );
  }
}

function dayAgo(): number {
  return Date.now() - dayMs;
}
