import { rfc3339 } from '../shared/identifier.ts';
import type { Attempt, Delivery, DeliveryStatus } from './delivery.ts';
import { deliveryId } from './delivery.ts';
import { hookId } from './hook.ts';

/** A delivery as its reader is to see it. */
export interface SeenDelivery {
  delivery: Delivery;
  /** What it is by what became of its hook. */
  status: DeliveryStatus;
  attempts: readonly Attempt[];
  tries: number;
}

/** @param payload JSON; nothing when it is gone, shortly before the delivery is */
export function deliveryAnswer(
  { delivery, status, attempts, tries }: SeenDelivery,
  payload: string | undefined,
) {
  const { ulid, hook, target, owner, event, nextAttemptAt } = delivery;
  const isComing = status === 'pending' && nextAttemptAt !== undefined;
  return {
    id: deliveryId(ulid),
    hook: hookId(hook),
    target,
    owner,
    event: { id: event.id, type: event.type },
    status,
    tries,
    attempts: attempts.map(attemptAnswer),
    ...(isComing && { nextAttemptAt: rfc3339(nextAttemptAt) }),
    payload: payload === undefined ? null : parsed(payload),
  };
}

export function failureAnswer(seen: SeenDelivery, payload: string | undefined, valid: boolean) {
  return {
    ...deliveryAnswer(seen, payload),
    valid,
    lastStatus: seen.delivery.lastStatus ?? null,
  };
}

function attemptAnswer({ at, durationMs, status, error, ...response }: Attempt) {
  const { responseHeaders, responseBody } = response;
  return {
    at: rfc3339(at),
    durationMs,
    ...(status !== undefined && { status }),
    ...(error && { error: { kind: error.kind, message: error.message } }),
    ...(responseHeaders && { responseHeaders }),
    ...(responseBody !== undefined && { responseBody }),
  };
}

function parsed(json: string): unknown {
  return JSON.parse(json);
}
