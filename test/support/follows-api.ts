import { followsRoutes } from '../../lambdas/follows/routes.ts';
import type { FollowsSettings } from '../../lambdas/follows/settings.ts';
import { apiHandler } from '../../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../../lambdas/shared/http/cursor.ts';
import type { Route } from '../../lambdas/shared/http/route.ts';
import { apiCall } from './api-call.ts';
import type { ApiAnswer, ApiCall } from './api-call.ts';
import { followWriting } from './follow-writing.ts';
import { InMemoryFollowStore } from './in-memory-follow-store.ts';
import { silentLog } from './silent-log.ts';
import { virtualClock } from './virtual-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

type Call = Pick<ApiCall, 'method' | 'url' | 'body'>;

export interface FollowsApi {
  routes: Route[];
  store: InMemoryFollowStore;
  /** Begins at 2026-11-21T10:30:00Z. */
  clock: VirtualClock;
  call: (call: ApiCall) => Promise<ApiAnswer>;
  /** Calls as `user:amy`. */
  amy: (call: Call) => Promise<ApiAnswer>;
  admin: (call: Call) => Promise<ApiAnswer>;
  /** Makes one follow the other, by admin. */
  follow: (follower: string, followed: string) => Promise<ApiAnswer>;
}

/** The API of follows as its function serves it, over a store in memory. */
export function followsApi(onRepeat: FollowsSettings['onRepeat'] = 'ignore'): FollowsApi {
  const clock = virtualClock(Date.parse('2026-11-21T10:30:00Z'));
  const store = new InMemoryFollowStore();
  const writing = followWriting(store, { pace: clock });
  const routes = followsRoutes({
    writing,
    erasures: { store, parts: ['follows', 'timelines'], now: clock.now, newUlid: writing.newUlid },
    cursors: signedCursors(() => Promise.resolve(Buffer.from('a key of the test'))),
    types: ['user', 'project', 'article', 'photo'],
    onRepeat,
  });
  const handler = apiHandler({ routes, log: silentLog(), userType: 'user' });
  const call = (one: ApiCall) => apiCall(handler, one);
  const admin = (one: Call) => call({ sub: 'root', admin: true, ...one });
  return {
    routes,
    store,
    clock,
    call,
    admin,
    amy: (one) => call({ sub: 'amy', ...one }),
    follow: (follower, followed) =>
      admin({ method: 'PUT', url: `/v1/resources/${follower}/followings/${followed}` }),
  };
}
