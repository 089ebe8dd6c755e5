import type { Cursors } from '../shared/http/cursor.ts';
import type { Route } from '../shared/http/route.ts';
import { blockRoutes } from './block-routes.ts';
import type { BlockingParts } from './blocks.ts';
import type { OwningParts } from './change-own.ts';
import { messageRoutes } from './message-routes.ts';
import type { SendingParts } from './send-message.ts';
import { threadRoutes } from './thread-routes.ts';

/** What the API of convos works with. */
export type ConvosRouting = SendingParts & OwningParts & BlockingParts & { cursors: Cursors };

/** The API of messages, threads and blocks, complete. */
export function convosRoutes(parts: ConvosRouting): Route[] {
  return [...messageRoutes(parts), ...threadRoutes(parts), ...blockRoutes(parts)];
}
