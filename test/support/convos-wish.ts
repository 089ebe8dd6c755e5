import type { ApiAnswer } from './api-call.ts';
import * as blockEndpoints from '../../lambdas/convos/block-endpoints.ts';
import * as endpoints from '../../lambdas/convos/endpoints.ts';
import { messageId, threadId, ulidOfMessageId } from '../../lambdas/convos/message.ts';
import { ask } from './convos-asking.ts';
import type { ConvosApp, Handling } from './convos-app.ts';
import { askReply, askStart } from './convos-people.ts';

/** What somebody asks for. Messages and threads go by their ULIDs. */
export type Wish = { who: string } & (
  | { kind: 'start'; whom: string; subject: string; body: string; key: string | undefined }
  | { kind: 'reply'; thread: string; body: string; key: string | undefined }
  | { kind: 'mark'; message: string; read: boolean }
  | { kind: 'delete message'; message: string }
  | { kind: 'read thread' | 'delete thread' | 'look'; thread: string }
  | { kind: 'block' | 'unblock'; whom: string }
  | { kind: 'count' }
);

export type SendWish = Extract<Wish, { kind: 'start' | 'reply' }>;

/** Asks the API for it. */
export async function make(app: ConvosApp, wish: Wish, handling?: Handling): Promise<ApiAnswer> {
  const { who } = wish;
  switch (wish.kind) {
    case 'start':
      return askStart(app, who, wish.whom, wish, handling);
    case 'reply':
      return askReply(app, who, threadId(wish.thread), wish, handling);
    case 'mark': {
      const endpoint = wish.read ? endpoints.markMessageRead : endpoints.markMessageUnread;
      return ask(app, who, endpoint, { params: { id: messageId(wish.message) } }, handling);
    }
    case 'delete message': {
      const params = { id: messageId(wish.message) };
      return ask(app, who, endpoints.deleteMessage, { params }, handling);
    }
    case 'read thread':
      return ask(app, who, endpoints.markThreadRead, thread(wish.thread), handling);
    case 'delete thread':
      return ask(app, who, endpoints.deleteThread, thread(wish.thread), handling);
    case 'look':
      return ask(app, who, endpoints.getThread, thread(wish.thread), handling);
    case 'block':
      return ask(app, who, blockEndpoints.blockUser, { params: { ref: wish.whom } }, handling);
    case 'unblock':
      return ask(app, who, blockEndpoints.unblockUser, { params: { ref: wish.whom } }, handling);
    case 'count':
      return ask(app, who, endpoints.countUnreadMessages, {}, handling);
    default:
      return wish satisfies never;
  }
}

function thread(ulid: string) {
  return { params: { id: threadId(ulid) } };
}

/** An answer in short, in the words of the model. */
export function inShort(wish: Wish, { status, body }: ApiAnswer): string {
  if (status >= 300 || status === 204) return String(status);
  const answer = body as Record<string, unknown>;
  if (wish.kind === 'start' || wish.kind === 'reply') {
    return `${status} ${ulidOfMessageId(String(answer['id']))}`;
  }
  if (wish.kind === 'mark') return `${status} ${String(answer['isRead'])}`;
  if (wish.kind === 'read thread') return `${status} ${String(answer['unreadCount'])}`;
  if (wish.kind === 'block') return `${status} ${String(answer['since'])}`;
  const { messages: _messages, ...rest } = answer;
  return `${status} ${JSON.stringify(rest)}`;
}
