import type { Endpoint } from '../shared/http/endpoint.ts';
import { contentEndpoints } from './content/content-endpoints.ts';
import { rowEndpoints } from './queue/row-endpoints.ts';
import { runEndpoints } from './runs/run-endpoints.ts';

/** All endpoints of push, for the OpenAPI document. */
export const pushEndpoints: readonly Endpoint[] = [
  ...contentEndpoints,
  ...rowEndpoints,
  ...runEndpoints,
];
