import type { ChunkJob } from '../../lambdas/timelines/contract.ts';
import { plan } from '../../lambdas/timelines/fan-out-planner.ts';
import { postAction } from '../../lambdas/timelines/post-action.ts';
import { newAction } from '../sample.ts';
import type { TimelinesParts } from '../social.ts';

export type CopyJob = Extract<ChunkJob, { kind: 'copy' }>;

/** Posts an action and plans its fan-out to the end, in as many runs as that takes; gives its chunks. */
export async function plannedChunks(parts: TimelinesParts, actor: string): Promise<CopyJob[]> {
  const { data, ...action } = newAction();
  const { ulid } = await postAction(
    parts,
    actor,
    { ...action, data: JSON.stringify(data) },
    { self: false, idempotencyKey: undefined, scope: [] },
  );
  await plan(parts, { kind: 'copy', actor, ulid });
  for (let next = parts.plans.take(); next.length > 0; next = parts.plans.take()) {
    for (const job of next) await plan(parts, job);
  }
  return parts.chunks.take().filter((job) => job.kind === 'copy');
}
