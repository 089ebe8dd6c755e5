import { rfc3339, ulidTime } from '../shared/identifier.ts';
import { hookId } from './hook.ts';
import type { Hook } from './hook.ts';

/** A hook as the API tells it: without its secrets. */
export function hookAnswerOf(hook: Hook) {
  const { ulid, target, events, description, delivery, retry, onExhausted, rateLimit } = hook;
  const { owner, enabled, disabledReason } = hook;
  return {
    id: hookId(ulid),
    target,
    events,
    description,
    delivery,
    retry,
    onExhausted,
    rateLimit,
    owner,
    enabled,
    ...(disabledReason !== undefined && { disabledReason }),
    createdAt: rfc3339(ulidTime(ulid)),
  };
}
