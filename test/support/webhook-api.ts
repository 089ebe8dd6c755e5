import { randomBytes } from 'node:crypto';
import { eventTypes as declared } from '../../config/event-types.ts';
import { apiHandler } from '../../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../../lambdas/shared/http/cursor.ts';
import { randomUlid } from '../../lambdas/shared/identifier.ts';
import type { JobQueue } from '../../lambdas/shared/job-queue.ts';
import { parseAllowedTargets } from '../../lambdas/webhooks/allowed-targets.ts';
import type { LaneJob, PostJob } from '../../lambdas/webhooks/contract.ts';
import { eventRoutes } from '../../lambdas/webhooks/event-routes.ts';
import { EventTypes } from '../../lambdas/webhooks/event-types.ts';
import { hookRoutes } from '../../lambdas/webhooks/hook-routes.ts';
import type { HookRouting } from '../../lambdas/webhooks/hook-routes.ts';
import { newSecret } from '../../lambdas/webhooks/signature.ts';
import { apiCall } from './api-call.ts';
import type { ApiAnswer, ApiCall } from './api-call.ts';
import type { StreamChange } from './dynamodb-stream-record.ts';
import { InMemoryCustomEvents } from './in-memory-custom-events.ts';
import { InMemoryDeliveryStore } from './in-memory-delivery-store.ts';
import { InMemoryHookStore } from './in-memory-hook-store.ts';
import { inMemorySecretBox } from './in-memory-secret-box.ts';
import { InMemoryIdempotency } from './in-memory-timelines-idempotency.ts';
import { silentLog } from './silent-log.ts';
import { virtualClock } from './virtual-clock.ts';

type Call = Pick<ApiCall, 'method' | 'url' | 'body' | 'headers'>;

/** A queue that remembers what it was sent. */
function listOfJobs<Job>(): JobQueue<Job> & { jobs: Job[] } {
  const jobs: Job[] = [];
  return {
    jobs,
    send: async (sent) => {
      await Promise.resolve();
      jobs.push(...sent);
    },
  };
}

/** The API of hooks and events as its function serves it, over stores in memory. */
export function webhookApi(more: Partial<HookRouting> = {}) {
  const clock = virtualClock(Date.parse('2026-11-21T10:30:00Z'));
  const changes: StreamChange[] = [];
  const hooks = new InMemoryHookStore(clock.now, (change) => changes.push(change));
  const deliveries = new InMemoryDeliveryStore(clock.now);
  const events = new InMemoryCustomEvents();
  const idempotency = new InMemoryIdempotency(clock.now);
  const secrets = inMemorySecretBox();
  const laneJobs = listOfJobs<LaneJob>();
  const postJobs = listOfJobs<PostJob>();
  const parts = {
    hooks,
    deliveries,
    events,
    secrets,
    idempotency,
    laneJobs,
    postJobs,
    eventTypes: new EventTypes(declared),
    allowed: parseAllowedTargets([]),
    cursors: signedCursors(() => Promise.resolve(Buffer.from('a key of the test'))),
    newUlid: randomUlid,
    newSecret: () => newSecret(randomBytes),
    pace: { now: clock.now, sleep: clock.sleep, random: Math.random, patienceMs: 20_000 },
    retentionDays: 30,
    ...more,
  };
  const routes = [...hookRoutes(parts), ...eventRoutes(parts)];
  const handler = apiHandler({ routes, log: silentLog(), userType: 'user' });
  const call = async (one: ApiCall): Promise<ApiAnswer> => apiCall(handler, one);
  return {
    clock,
    hooks,
    deliveries,
    events,
    secrets,
    changes,
    laneJobs: laneJobs.jobs,
    postJobs: postJobs.jobs,
    call,
    amy: async (one: Call) => call({ sub: 'amy', ...one }),
    bob: async (one: Call) => call({ sub: 'bob', ...one }),
    admin: async (one: Call) => call({ sub: 'root', admin: true, ...one }),
  };
}
export type WebhookApi = ReturnType<typeof webhookApi>;

/** A hook as the API tells it, with the secret where it is shown. */
export interface ToldHook {
  id: string;
  target: string;
  owner: string | null;
  enabled: boolean;
  secret?: string;
  [field: string]: unknown;
}

/** Makes a hook of amy's, or as one calls. */
export async function madeHook(
  by: (call: Call) => Promise<ApiAnswer>,
  body: Record<string, unknown> = {},
): Promise<Required<Pick<ToldHook, 'secret'>> & ToldHook> {
  const answer = await by({
    method: 'POST',
    url: '/v1/hooks',
    body: { target: 'https://example.org/webhooks', events: ['follow.*'], ...body },
  });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer));
  return answer.body as Required<Pick<ToldHook, 'secret'>> & ToldHook;
}

export function ulidOf({ id }: Pick<ToldHook, 'id'>): string {
  return id.slice('hook_'.length);
}
