import { randomUlid } from '../../lambdas/shared/identifier.ts';
import { deliveryUlid } from '../../lambdas/webhooks/delivery.ts';
import type { Delivery } from '../../lambdas/webhooks/delivery.ts';
import type { Hook } from '../../lambdas/webhooks/hook.ts';
import { payloadOf } from '../../lambdas/webhooks/webhook-event.ts';
import type { WebhookEvent } from '../../lambdas/webhooks/webhook-event.ts';
import { newResource } from '../sample.ts';

/** Days that a delivery is kept, by default. */
const retentionSeconds = 30 * 24 * 60 * 60;

/** An event of about 300 bytes as it is posted, without audience. @param more of its data */
export function newEvent(more: Record<string, unknown> = {}): WebhookEvent {
  const atMs = Date.now();
  return {
    id: `article-${randomUlid(atMs)}`,
    type: 'article.published',
    atMs,
    audience: [],
    data: {
      article: newResource('article'),
      title: 'Council votes on the new tram line',
      section: 'city',
      url: 'https://news.example.org/city/council-votes-on-the-new-tram-line',
      ...more,
    },
  };
}

/** A delivery that waits for its first post, and what is posted. */
export function newDelivery(
  { ulid: hook, owner, target, epoch }: Pick<Hook, 'ulid' | 'owner' | 'target' | 'epoch'>,
  event: WebhookEvent = newEvent(),
): { delivery: Delivery; payload: string } {
  const delivery: Delivery = {
    ulid: deliveryUlid(hook, event),
    hook,
    owner,
    target,
    event: { id: event.id, type: event.type },
    status: 'pending',
    tries: 0,
    step: 0,
    attempts: [],
    epoch,
    expiresAt: Math.floor(event.atMs / 1000) + retentionSeconds,
    version: 0,
  };
  return { delivery, payload: payloadOf(event) };
}
