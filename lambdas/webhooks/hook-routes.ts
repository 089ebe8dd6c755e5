import { anyone } from '../shared/http/authorize.ts';
import { ulidCursors } from '../shared/http/cursor.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { route } from '../shared/http/route.ts';
import type { Route } from '../shared/http/route.ts';
import { hookAnswerOf } from './hook-answer.ts';
import { hookUlid, ownHook } from './hook-access.ts';
import { changeHook, deleteHook } from './hook-changes.ts';
import type { HookChangeParts } from './hook-changes.ts';
import { createHook } from './hook-creation.ts';
import type { HookCreationParts } from './hook-creation.ts';
import * as endpoints from './hook-endpoints.ts';
import type { HookStore } from './hook-store.ts';
import { pingHook } from './ping.ts';
import type { PingParts } from './ping.ts';
import { rotateSecret } from './secret-rotation.ts';
import type { RotationParts } from './secret-rotation.ts';

/** What the routes of hooks work with. */
export type HookRouting = HookCreationParts &
  HookChangeParts &
  RotationParts &
  PingParts & { hooks: HookStore; cursors: Cursors };

/** The routes of hooks themselves. Whose a hook is decides who may do what: see `hook-access.ts`. */
export function hookRoutes(parts: HookRouting): Route[] {
  const { hooks, cursors } = parts;
  const positions = ulidCursors(cursors);
  return [
    route(endpoints.createHook, {
      authorize: anyone,
      run: async ({ caller, body, idempotencyKey }) => {
        const { hook, secret } = await createHook(parts, caller, body, idempotencyKey);
        return { status: 201, body: { ...hookAnswerOf(hook), secret } };
      },
    }),
    route(endpoints.listHooks, {
      authorize: anyone,
      run: async ({ caller, query: { limit, cursor }, cursorScope }) => {
        const from = await positions.after(cursor, cursorScope);
        const of = caller.admin ? 'all' : { owner: caller.ref };
        const page = await hooks.list(of, { after: from, limit });
        return {
          status: 200,
          body: {
            items: page.hooks.map(hookAnswerOf),
            ...(await positions.next(page.after, cursorScope)),
          },
        };
      },
    }),
    route(endpoints.getHook, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        const hook = await ownHook(hooks, caller, params.id);
        return { status: 200, body: hookAnswerOf(hook) };
      },
    }),
    route(endpoints.changeHook, {
      authorize: anyone,
      run: async ({ caller, params, body }) => {
        const hook = await changeHook(parts, caller, hookUlid(params.id), body);
        return { status: 200, body: hookAnswerOf(hook) };
      },
    }),
    route(endpoints.deleteHook, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        await deleteHook(parts, caller, hookUlid(params.id));
        return { status: 204 };
      },
    }),
    route(endpoints.rotateSecret, {
      authorize: anyone,
      run: async ({ caller, params, body }) => {
        const ulid = hookUlid(params.id);
        const secret = await rotateSecret(parts, caller, ulid, body.overlapSeconds);
        return { status: 200, body: { secret } };
      },
    }),
    route(endpoints.pingHook, {
      authorize: anyone,
      run: async ({ caller, params }) => ({
        status: 202,
        body: { id: await pingHook(parts, caller, hookUlid(params.id)) },
      }),
    }),
  ];
}
