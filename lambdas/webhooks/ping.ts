import type { Caller } from '../shared/http/caller.ts';
import { ConflictError } from '../shared/errors.ts';
import type { NewUlid } from '../shared/identifier.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import type { PostJob } from './contract.ts';
import { deliveryUlid } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { owned } from './hook-access.ts';
import type { HookStore } from './hook-store.ts';
import { hookId } from './hook.ts';
import { payloadOf } from './webhook-event.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { expiryAfter } from './expiry.ts';

export interface PingParts {
  hooks: Pick<HookStore, 'read'>;
  deliveries: Pick<DeliveryStore, 'create'>;
  postJobs: JobQueue<PostJob>;
  newUlid: NewUlid;
  pace: Pace;
  retentionDays: number;
}

/**
 * Sends a `ping` to a hook by itself, whatever its mode and its patterns. Gives the event's id.
 *
 * @throws NotFoundError when the hook is not the caller's, ConflictError while it is disabled.
 */
export async function pingHook(parts: PingParts, caller: Caller, ulid: string): Promise<string> {
  const { hooks, deliveries, postJobs, newUlid, pace, retentionDays } = parts;
  const hook = owned(await hooks.read(ulid), caller);
  if (!hook.enabled) throw new ConflictError('The endpoint is disabled; enable it first.');
  const atMs = pace.now();
  const event: WebhookEvent = {
    id: `evt_${newUlid(atMs)}`,
    type: 'ping',
    atMs,
    audience: [],
    data: { hook: hookId(ulid) },
  };
  const delivery: Delivery = {
    ulid: deliveryUlid(ulid, event),
    hook: ulid,
    owner: hook.owner,
    target: hook.target,
    event: { id: event.id, type: event.type },
    status: 'pending',
    tries: 0,
    step: 0,
    attempts: [],
    epoch: hook.epoch,
    expiresAt: expiryAfter(retentionDays, atMs),
    version: 0,
  };
  await persist(pace, async () => deliveries.create(delivery, payloadOf(event), false));
  await persist(pace, async () => {
    await postJobs.send([{ kind: 'post', hook: ulid, delivery: delivery.ulid, tries: 0 }]);
    return 'sent';
  });
  return event.id;
}
