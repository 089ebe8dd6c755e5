import * as z from 'zod';
import { NotFoundError } from '../shared/errors.ts';
import { anyone } from '../shared/http/authorize.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { route } from '../shared/http/route.ts';
import type { Route } from '../shared/http/route.ts';
import { blockAnswer } from './answers.ts';
import * as endpoints from './block-endpoints.ts';
import { blockPage, blockUser, unblockUser } from './blocks.ts';
import type { BlockingParts } from './blocks.ts';
import { otherUser } from './user-ref.ts';

const position = z.strictObject({ after: z.ulid() });

/** The routes of the caller's own blocks. */
export function blockRoutes(parts: BlockingParts & { cursors: Cursors }): Route[] {
  const { blocks, cursors } = parts;
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
        const from =
          cursor === undefined ? undefined : await cursors.open(cursor, cursorScope, position);
        const { items, next } = await blockPage(blocks, caller.ref, { after: from?.after, limit });
        return {
          status: 200,
          body: {
            items: items.map(blockAnswer),
            ...(next !== undefined && {
              nextCursor: await cursors.seal({ after: next }, cursorScope),
            }),
          },
        };
      },
    }),
  ];
}
