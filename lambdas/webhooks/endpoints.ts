import type { Endpoint } from '../shared/http/endpoint.ts';
import { deliveryEndpoints } from './delivery-endpoints.ts';
import { eventEndpoints } from './event-endpoints.ts';
import { hookEndpoints } from './hook-endpoints.ts';

/** All endpoints of webhooks, for the OpenAPI document. */
export const webhooksEndpoints: readonly Endpoint[] = [
  ...hookEndpoints,
  ...deliveryEndpoints,
  ...eventEndpoints,
];
