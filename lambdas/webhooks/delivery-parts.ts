import type { Cursors } from '../shared/http/cursor.ts';
import type { Clock } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { Pace } from '../shared/persist.ts';
import type { LaneJob, PostJob } from './contract.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type { HookStore } from './hook-store.ts';
import type { LaneStore } from './lane-store.ts';

/** What the API of deliveries works with. */
export interface DeliveryParts {
  hooks: Pick<HookStore, 'read' | 'list'>;
  deliveries: DeliveryStore;
  lanes: Pick<LaneStore, 'read' | 'records'>;
  postJobs: JobQueue<PostJob>;
  laneJobs: JobQueue<LaneJob>;
  cursors: Cursors;
  now: Clock;
  pace: Pick<Pace, 'random'>;
  retentionDays: number;
}

/**
 * Milliseconds after which a call that reads on and on ends with what it has: a page that is shorter
 * than asked for, or `more`. API Gateway gives up after 29 s.
 */
export const longestWalkMs = 15_000;

/** Rows that a walk reads at a time, and bytes of payload among them. */
export const walkStep = { rows: 100, bytes: 5_000_000 } as const;
