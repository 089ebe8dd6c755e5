import { anyone } from '../shared/http/authorize.ts';
import { route } from '../shared/http/route.ts';
import type { Route } from '../shared/http/route.ts';
import { messageAnswer } from './answers.ts';
import type { OwningParts } from './change-own.ts';
import { deleteMessage } from './delete-own.ts';
import * as endpoints from './endpoints.ts';
import { markMessage } from './mark-read.ts';
import { ulidOfMessageId } from './message.ts';
import { ownMessage } from './own-side.ts';
import { startThread } from './send-message.ts';
import type { SendingParts } from './send-message.ts';
import { isRead } from './thread-side.ts';
import { otherUser } from './user-ref.ts';

/** The routes of single messages. Whoever calls sees its own alone, admin no more than others. */
export function messageRoutes(parts: SendingParts & OwningParts): Route[] {
  const markRoute = (endpoint: typeof endpoints.markMessageRead, read: boolean): Route =>
    route(endpoint, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        const message = await markMessage(parts, caller.ref, ulidOfMessageId(params.id), read);
        return { status: 200, body: messageAnswer(message, read) };
      },
    });

  return [
    route(endpoints.sendMessage, {
      authorize: anyone,
      run: async ({ caller, body, idempotencyKey }) => {
        const sender = caller.ref;
        const recipient = otherUser(body.recipient, sender, 'body.recipient');
        const message = await startThread(
          parts,
          { ...body, sender, recipient },
          { idempotencyKey, scope: [sender, 'POST', 'messages'] },
        );
        return { status: 201, body: messageAnswer(message, false) };
      },
    }),
    route(endpoints.getMessage, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        const own = await ownMessage(parts.store, caller.ref, ulidOfMessageId(params.id));
        return { status: 200, body: messageAnswer(own.message, isRead(own.side, own.copy)) };
      },
    }),
    markRoute(endpoints.markMessageRead, true),
    markRoute(endpoints.markMessageUnread, false),
    route(endpoints.deleteMessage, {
      authorize: anyone,
      run: async ({ caller, params }) => {
        await deleteMessage(parts, caller.ref, ulidOfMessageId(params.id));
        return { status: 204 };
      },
    }),
  ];
}
