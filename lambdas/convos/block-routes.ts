import { NotFoundError } from '../shared/errors.ts';
import { anyone } from '../shared/http/authorize.ts';
import { ulidCursors } from '../shared/http/cursor.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { route } from '../shared/http/route.ts';
import type { Route } from '../shared/http/route.ts';
import { blockAnswer } from './answers.ts';
import * as endpoints from './block-endpoints.ts';
import { blockPage, blockUser, unblockUser } from './blocks.ts';
import type { BlockingParts } from './blocks.ts';
import { otherUser } from './user-ref.ts';

/** The routes of the caller's own blocks. */
export function blockRoutes(parts: BlockingParts & { cursors: Cursors }): Route[] {
  const { blocks, cursors } = parts;
  const positions = ulidCursors(cursors);
  return [
    route(endpoints.blockUser, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        const blocked = otherUser(params.ref, caller.ref, 'path.ref');
        return { status: 200, body: blockAnswer(await blockUser(parts, caller.ref, blocked)) };
      },
    }),
    route(endpoints.unblockUser, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        await unblockUser(parts, caller.ref, otherUser(params.ref, caller.ref, 'path.ref'));
        return { status: 204 };
      },
    }),
    route(endpoints.getBlock, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        const blocker = caller.ref;
        const blocked = otherUser(params.ref, blocker, 'path.ref');
        const { ofOne: ulid } = await blocks.between(blocker, blocked);
        if (ulid === undefined) throw new NotFoundError(`You do not block ${blocked}.`);
        return { status: 200, body: blockAnswer({ blocker, blocked, ulid }) };
      },
    }),
    route(endpoints.listBlocks, {
      authorize: anyone,
      run: async ({ caller, query: { limit, cursor }, cursorScope }) => {
        const after = await positions.after(cursor, cursorScope);
        const { items, next } = await blockPage(blocks, caller.ref, { after, limit });
        return {
          status: 200,
          body: { items: items.map(blockAnswer), ...(await positions.next(next, cursorScope)) },
        };
      },
    }),
  ];
}
