import { TransientError } from '../shared/errors.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import { persist } from '../shared/persist.ts';
import type { LaneJob, PostJob } from './contract.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { Hook } from './hook.ts';
import type { HookStore } from './hook-store.ts';
import type { LaneStore } from './lane-store.ts';
import type { Lane } from './lane.ts';
import type { HookState, PostParts } from './make-post.ts';
import { expiryAfter } from './expiry.ts';

/** What the lane worker needs. */
export interface LaneParts {
  hooks: HookStore;
  deliveries: DeliveryStore;
  lanes: LaneStore;
  /** How posts are made; its pace is the worker's. */
  post: PostParts;
  postJobs: JobQueue<PostJob>;
  laneJobs: JobQueue<LaneJob>;
  settings: { retentionDays: number; heldDays: number };
  /** Time from the start of a run after which no further post begins in it. */
  budgetMs: number;
}

/** One run of the worker for one hook: what it knows by now. */
export interface LaneRun {
  readonly parts: LaneParts;
  readonly endsAtMs: number;
  /** Of the lane. */
  readonly hookUlid: string;
  /** Nothing when the hook is gone. */
  state: HookState | undefined;
  lane: Lane;
}

/** @throws TransientError when the store fails. */
export async function beginRun(parts: LaneParts, hookUlid: string): Promise<LaneRun> {
  const [state, lane] = await Promise.all([
    parts.hooks.readWithHealth(hookUlid),
    parts.lanes.read(hookUlid),
  ]);
  return { parts, hookUlid, state, lane, endsAtMs: parts.post.pace.now() + parts.budgetMs };
}

export function nowOf({ parts }: Pick<LaneRun, 'parts'>): number {
  return parts.post.pace.now();
}

/** Whether there is no time for a further post. */
export function isOver(run: LaneRun): boolean {
  return nowOf(run) >= run.endsAtMs;
}

/**
 * Stores the lane with changes; from here on the run knows it so.
 *
 * @throws TransientError when another worker has changed it, or the store fails for too long.
 */
export async function saveLane(run: LaneRun, changes: Partial<Lane> = {}): Promise<void> {
  const lane = { ...run.lane, ...changes };
  const saved = await stubbornly(run, async () => run.parts.lanes.save(lane));
  if (saved === 'changed') throw new TransientError('another worker has changed the lane');
  run.lane = { ...lane, version: lane.version + 1 };
}

/** Passing failures are overcome in the run: after it, its messages would be hidden for minutes. */
export async function stubbornly<T>(run: Pick<LaneRun, 'parts'>, work: () => Promise<T>) {
  const { done } = await persist(run.parts.post.pace, async () => ({ done: await work() }));
  return done;
}

/** The hook, while it is as batches or order ask for. */
export function enabledHook({ state }: LaneRun): Hook | undefined {
  return state?.hook.enabled === true ? state.hook : undefined;
}

/** When what is written now goes by itself, seconds since the epoch. */
export function expiryOf(run: Pick<LaneRun, 'parts'>, kind: 'retention' | 'held'): number {
  const { retentionDays, heldDays } = run.parts.settings;
  const days = kind === 'held' ? heldDays : retentionDays;
  return expiryAfter(days, nowOf(run));
}
