import { randomUUID } from 'node:crypto';
import type { FifoJob } from '../shared/fifo-handler.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import type { JobQueue, JobQueueOptions } from '../shared/job-queue.ts';
import type { LaneJob } from './contract.ts';
import { deliveryUlid } from './delivery.ts';
import { isCounted, isLater } from './lane.ts';
import type { Lane } from './lane.ts';

type Take = Extract<LaneJob, { kind: 'take' }>;
type Single = Extract<LaneJob, { kind: 'single' }>;
type Replay = Extract<LaneJob, { kind: 'replay' }>;

/** An event for a lane, and where it stands in the order of its queue. */
export interface TakenEvent extends Take {
  sequence: string;
}

/** Deliveries to be posted again, and where their message stands in the order of its queue. */
export interface ReplayedInOrder extends Replay {
  sequence: string;
}

/** What the messages of one hook in an invocation ask for. */
export interface LaneWork {
  /** Events that are not counted in yet, in order. */
  takes: readonly TakenEvent[];
  /** Timers that came. */
  wakes: readonly number[];
  singles: readonly Single[];
  /** In order; their deliveries say which of them are done. */
  replays: readonly ReplayedInOrder[];
  /** The newest message's. */
  lastSequence: string | undefined;
  /** What came by messages up to this one came before this run. */
  before: string | undefined;
}

/**
 * A hook's messages are a group; the same event within five minutes is one message. Everything else is a
 * message whenever it is sent: a timer that came too early is sent again.
 */
export const laneQueueOptions = {
  groupOf: ({ hook }: LaneJob) => hook,
  deduplicationIdOf: (job: LaneJob) =>
    job.kind === 'take' ? deliveryUlid(job.hook, job.event) : randomUUID(),
} satisfies JobQueueOptions<LaneJob>;

/** The queue of the lane worker. */
export function laneJobQueue(queueUrl: string): JobQueue<LaneJob> {
  return sqsJobQueue<LaneJob>(queueUrl, laneQueueOptions);
}

/** Sorts the messages of one hook by what they ask for, leaving out events that are counted. */
export function laneWork(lane: Lane, jobs: readonly FifoJob<LaneJob>[]): LaneWork {
  const takes: TakenEvent[] = [];
  const wakes: number[] = [];
  const singles: Single[] = [];
  const replays: ReplayedInOrder[] = [];
  let { lastSequence } = lane;
  for (const { job, sequence } of jobs) {
    if (job.kind === 'take' && !isCounted(lane, sequence)) takes.push({ ...job, sequence });
    if (job.kind === 'wake') wakes.push(job.at);
    if (job.kind === 'single') singles.push(job);
    if (job.kind === 'replay') replays.push({ ...job, sequence });
    if (lastSequence === undefined || isLater(sequence, lastSequence)) lastSequence = sequence;
  }
  const before = sequenceBefore(lane, jobs);
  return { takes, wakes, singles, replays, lastSequence, before };
}

/** A group is received in order: nothing that comes before its first message is still to come. */
function sequenceBefore(
  { lastSequence }: Lane,
  [first]: readonly FifoJob<LaneJob>[],
): string | undefined {
  if (!first) return lastSequence;
  const before = String(BigInt(first.sequence) - 1n);
  return lastSequence === undefined || isLater(before, lastSequence) ? before : lastSequence;
}
