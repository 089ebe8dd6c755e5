import { NotFoundError } from '../shared/errors.ts';
import { anyone } from '../shared/http/authorize.ts';
import { ulidCursors } from '../shared/http/cursor.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { route } from '../shared/http/route.ts';
import type { Route } from '../shared/http/route.ts';
import { listedMessageAnswer, messageAnswer, threadAnswer } from './answers.ts';
import type { OwningParts } from './change-own.ts';
import { deleteThread } from './delete-own.ts';
import * as endpoints from './endpoints.ts';
import { markThreadRead } from './mark-read.ts';
import { messagePage } from './message-page.ts';
import { ulidOfThreadId } from './message.ts';
import { ownActiveSide } from './own-side.ts';
import { replyToThread } from './send-message.ts';
import type { SendingParts } from './send-message.ts';
import { isInFolder, threadPage } from './thread-list.ts';

/** Messages that a thread comes with. */
const newestShown = 20;

/** The routes of threads. Whoever calls sees its own side alone, admin no more than others. */
export function threadRoutes(parts: SendingParts & OwningParts & { cursors: Cursors }): Route[] {
  const { store, cursors } = parts;

  const positions = ulidCursors(cursors);

  return [
    route(endpoints.listThreads, {
      authorize: anyone,
      run: async ({ caller, query: { folder, limit, cursor }, cursorScope }) => {
        const after = await positions.after(cursor, cursorScope);
        const page = await threadPage(store, caller.ref, { folder, after, limit });
        const items = page.items.map(threadAnswer);
        return { status: 200, body: { items, ...(await positions.next(page.next, cursorScope)) } };
      },
    }),
    route(endpoints.getThread, {
      authorize: anyone,
      run: async ({ caller, params, query }) => {
        const side = await ownActiveSide(store, caller.ref, ulidOfThreadId(params.id));
        if (!isInFolder(side, query.folder)) {
          throw new NotFoundError('You have no such thread in this folder.');
        }
        const newest = { order: 'desc', limit: newestShown, full: false } as const;
        const { items } = await messagePage(store, side, newest);
        const messages = items.map(listedMessageAnswer);
        return { status: 200, body: { ...threadAnswer(side), messages } };
      },
    }),
    route(endpoints.deleteThread, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        await deleteThread(parts, caller.ref, ulidOfThreadId(params.id));
        return { status: 204 };
      },
    }),
    route(endpoints.listMessages, {
      authorize: anyone,
      run: async ({ caller, params, query: { order, limit, cursor, body }, cursorScope }) => {
        const after = await positions.after(cursor, cursorScope);
        const side = await ownActiveSide(store, caller.ref, ulidOfThreadId(params.id));
        const page = await messagePage(store, side, { order, limit, after, full: body === 'full' });
        const items = page.items.map(listedMessageAnswer);
        return { status: 200, body: { items, ...(await positions.next(page.next, cursorScope)) } };
      },
    }),
    route(endpoints.replyToThread, {
      authorize: anyone,
      run: async ({ caller, params, body, idempotencyKey }) => {
        const thread = ulidOfThreadId(params.id);
        const message = await replyToThread(
          parts,
          { sender: caller.ref, thread, body: body.body },
          { idempotencyKey, scope: [caller.ref, 'POST', 'threads', params.id, 'messages'] },
        );
        return { status: 201, body: messageAnswer(message, false) };
      },
    }),
    route(endpoints.markThreadRead, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        const side = await markThreadRead(parts, caller.ref, ulidOfThreadId(params.id));
        return { status: 200, body: threadAnswer(side) };
      },
    }),
    route(endpoints.countUnreadMessages, {
      authorize: anyone,
      run: async ({ caller }) => {
        const { unread, unreadThreads } = await store.state(caller.ref);
        return { status: 200, body: { count: unread, threads: unreadThreads } };
      },
    }),
  ];
}
