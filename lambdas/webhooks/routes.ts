import type { Route } from '../shared/http/route.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { deliveryRoutes } from './delivery-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { hookRoutes } from './hook-routes.ts';
import type { HookRouting } from './hook-routes.ts';
import type { SendEventParts } from './send-event.ts';

/** What the API of webhooks works with. */
export type WebhooksRouting = DeliveryParts & HookRouting & SendEventParts;

/**
 * The API of endpoints, deliveries and events, complete. Deliveries come first: `/v1/hooks/failures`
 * and `/v1/hooks/stored` go before `/v1/hooks/{id}`.
 */
export function webhooksRoutes(parts: WebhooksRouting): Route[] {
  return [...deliveryRoutes(parts), ...hookRoutes(parts), ...eventRoutes(parts)];
}
