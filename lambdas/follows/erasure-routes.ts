import { NotFoundError } from '../shared/errors.ts';
import { adminOnly } from '../shared/http/authorize.ts';
import { route } from '../shared/http/route.ts';
import type { Route } from '../shared/http/route.ts';
import { rfc3339 } from '../shared/identifier.ts';
import type { Clock, NewUlid } from '../shared/identifier.ts';
import type { ErasurePart } from './contract.ts';
import { eraseResource as eraseEndpoint, getErasure } from './endpoints.ts';
import { eraseResource } from './erase-resource.ts';
import type { ErasureStore } from './erasure-store.ts';

/** What the API of erasures works with. */
export interface ErasureRouting {
  store: ErasureStore;
  /** Domains that take part. */
  parts: readonly ErasurePart[];
  now: Clock;
  newUlid: NewUlid;
}

export function erasureRoutes(routing: ErasureRouting): Route[] {
  const { store, parts } = routing;
  return [
    route(eraseEndpoint, {
      authorize: adminOnly,
      run: async ({ params }) => {
        const { state, startedAtMs } = await eraseResource(routing, params.ref, parts);
        return { status: 202, body: { state, startedAt: rfc3339(startedAtMs) } };
      },
    }),
    route(getErasure, {
      authorize: adminOnly,
      run: async ({ params }) => {
        const erasure = await store.erasure(params.ref);
        if (!erasure) throw new NotFoundError(`${params.ref} was never erased.`);
        const { state, startedAtMs, finishedAtMs } = erasure;
        const removed = (part: ErasurePart): number => erasure.parts[part]?.removed ?? 0;
        return {
          status: 200,
          body: {
            state,
            startedAt: rfc3339(startedAtMs),
            ...(finishedAtMs !== undefined && { finishedAt: rfc3339(finishedAtMs) }),
            removed: {
              edges: removed('follows'),
              actions: removed('timelines'),
              messages: removed('convos'),
            },
          },
        };
      },
    }),
  ];
}
