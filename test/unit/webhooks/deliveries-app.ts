import type { LaneJob, PostJob } from '../../../lambdas/webhooks/contract.ts';
import { deliveryId, deliveryUlid } from '../../../lambdas/webhooks/delivery.ts';
import type { Delivery } from '../../../lambdas/webhooks/delivery.ts';
import { deliveryRoutes } from '../../../lambdas/webhooks/delivery-routes.ts';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { apiHandler } from '../../../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../../../lambdas/shared/http/cursor.ts';
import { randomUlid, rfc3339 } from '../../../lambdas/shared/identifier.ts';
import type { JobQueue } from '../../../lambdas/shared/job-queue.ts';
import { apiCall } from '../../support/api-call.ts';
import type { ApiCall } from '../../support/api-call.ts';
import { InMemoryDeliveryStore } from '../../support/in-memory-delivery-store.ts';
import { InMemoryHookStore } from '../../support/in-memory-hook-store.ts';
import { InMemoryLaneStore } from '../../support/in-memory-lane-store.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { silentLog } from '../../support/silent-log.ts';
import { newHook } from '../../support/webhook-hooks.ts';

export const startMs = Date.parse('2026-11-21T12:00:00.000Z');

/** What a list answers. */
export interface ListBody {
  items: { id: string; status: string; tries: number; [name: string]: unknown }[];
  nextCursor?: string;
}

/** The API of deliveries over stores in memory, and what it gave the workers to do. */
export class DeliveriesApp {
  nowMs = startMs;
  readonly hooks = new InMemoryHookStore(() => this.nowMs);
  readonly lanes = new InMemoryLaneStore();
  readonly deliveries = new InMemoryDeliveryStore(() => this.nowMs, this.lanes.dueLanes);
  readonly postJobs: PostJob[] = [];
  readonly laneJobs: LaneJob[] = [];
  readonly #random = seededRandom(7);
  #count = 0;

  async call(one: ApiCall) {
    const handler = apiHandler({
      routes: deliveryRoutes({
        hooks: this.hooks,
        deliveries: this.deliveries,
        lanes: this.lanes,
        postJobs: collecting(this.postJobs),
        laneJobs: collecting(this.laneJobs),
        cursors: signedCursors(() => Promise.resolve(Buffer.alloc(32))),
        now: () => this.nowMs,
        retentionDays: 3,
        pace: { random: this.#random },
      }),
      log: silentLog(),
      userType: 'user',
    });
    return apiCall(handler, { sub: 'amy', ...one });
  }

  /** Items of every page, and how many pages there were. */
  async walk(url: string, more: Partial<ApiCall> = {}) {
    const items: ListBody['items'] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const mark = url.includes('?') ? '&' : '?';
      const page = cursor === undefined ? url : `${url}${mark}cursor=${cursor}`;
      // oxlint-disable-next-line no-await-in-loop -- each page names the next
      const { body } = await this.call({ method: 'GET', url: page, ...more });
      const { items: found, nextCursor } = body as ListBody;
      items.push(...found);
      cursor = nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    return { items, pages };
  }

  async hook(more: Partial<Hook> = {}): Promise<Hook> {
    const hook = newHook({ owner: 'user:amy', events: ['*'], ...more });
    // Each one a little later than the one before.
    hook.ulid = more.ulid ?? randomUlid(startMs - 60_000 + this.#next());
    await this.hooks.create(hook);
    return hook;
  }

  /** A delivery of an event of its own, a second after the one before unless it says when. */
  async delivery(hook: Hook, seed: DeliverySeed = {}): Promise<Delivery> {
    const { atMs = startMs - 3_600_000 + this.#next() * 1000, payload, apart, ...more } = seed;
    const id = `evt_${String(this.#next())}`;
    const event = { id, type: 'message.sent', ...more.event };
    const delivery: Delivery = {
      ulid: deliveryUlid(hook.ulid, { ...event, atMs }),
      hook: hook.ulid,
      owner: hook.owner,
      target: hook.target,
      status: 'pending',
      tries: 0,
      step: 0,
      attempts: [],
      epoch: hook.epoch,
      expiresAt: Math.floor(startMs / 1000) + 86_400,
      version: 0,
      ...more,
      event,
    };
    const body = payload ?? JSON.stringify({ id, timestamp: rfc3339(atMs) });
    await this.deliveries.create(delivery, body, apart ?? false);
    return delivery;
  }

  /** One whose last try got an answer of 500 at that time. */
  failure(hook: Hook, more: DeliverySeed & { failedAt?: number } = {}): Promise<Delivery> {
    const { failedAt: at = startMs - 60_000, ...rest } = more;
    const error = { kind: 'status' as const, message: 'HTTP 500' };
    return this.delivery(hook, {
      status: 'failed',
      tries: 8,
      step: 7,
      lastStatus: 500,
      attempts: [{ at, durationMs: 5, status: 500, error }],
      ...rest,
    });
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }
}

export type DeliverySeed = Partial<Omit<Delivery, 'event'>> & {
  atMs?: number;
  payload?: string;
  /** A larger payload is not in the row. */
  apart?: boolean;
  event?: Partial<Delivery['event']>;
};

export function idsOf(deliveries: readonly { ulid: string }[]): string[] {
  return deliveries.map(({ ulid }) => deliveryId(ulid));
}

function collecting<Job>(into: Job[]): JobQueue<Job> {
  return {
    send(jobs) {
      into.push(...jobs);
      return Promise.resolve();
    },
  };
}
