import type { Endpoint } from '../shared/http/endpoint.ts';

export const timelinesEndpoints: Endpoint[] = [];
