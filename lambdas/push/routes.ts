import type { Route } from '../shared/http/route.ts';
import { contentRoutes } from './content/content-routes.ts';
import type { ContentRouting } from './content/content-routes.ts';
import { rowRoutes } from './queue/row-routes.ts';
import type { RowRouting } from './queue/row-routes.ts';
import { runRoutes } from './runs/run-routes.ts';
import type { RunRouting } from './runs/run-routes.ts';

/** What the API of push works with. */
export type PushRouting = ContentRouting & RowRouting & RunRouting;

/** The API of content, of the queue and of runs, complete. */
export function pushRoutes(parts: PushRouting): Route[] {
  return [...contentRoutes(parts), ...rowRoutes(parts), ...runRoutes(parts)];
}
