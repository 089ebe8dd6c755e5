import * as z from 'zod';
import { endpoint } from '../shared/http/endpoint.ts';
import { listOf, nothing, objectId, order, page, timestamp } from '../shared/http/schemas.ts';
import { blockEndpoints } from './block-endpoints.ts';
import { bodyText, messageBytes, subjectText } from './message-text.ts';
import { userRef } from './user-ref.ts';

const tag = 'Convos';

const messageIdSchema = z.string().meta({ examples: ['msg_01KAJ0M9Y8N3V5T7W9X1Z2B4C6'] });
const threadIdSchema = z.string().meta({ examples: ['thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6'] });

const message = z
  .strictObject({
    id: messageIdSchema,
    threadId: threadIdSchema,
    sender: z.string(),
    recipient: z.string(),
    subject: z.string(),
    body: z.string(),
    sentAt: timestamp,
    isRead: z.boolean().meta({ description: 'The caller’s own mark.' }),
  })
  .meta({ id: 'Message' });

const bodyExcerpt = z.string().meta({
  description: 'A body of up to 50 characters whole, of a longer one the first 49 and `...`.',
});

const thread = z.strictObject({
  id: threadIdSchema,
  subject: z.string(),
  with: z.string().meta({ description: 'The other participant.' }),
  lastMessage: z
    .strictObject({
      id: messageIdSchema,
      sender: z.string(),
      bodyExcerpt,
      sentAt: timestamp,
      isRead: z.boolean(),
    })
    .meta({ description: 'The newest message that the caller has not deleted.' }),
  unreadCount: z.int().min(0),
  messageCount: z.int().min(1).meta({ description: 'Messages that the caller has not deleted.' }),
});

const listedMessage = z.strictObject({
  id: messageIdSchema,
  sender: z.string(),
  recipient: z.string(),
  bodyExcerpt,
  sentAt: timestamp,
  isRead: z.boolean(),
});

const wholeMessage = listedMessage.omit({ bodyExcerpt: true }).extend({ body: z.string() });

const folder = z
  .enum(['inbox', 'outbox'], 'must be inbox or outbox')
  .optional()
  .meta({ description: 'Threads with a message received, or sent; without it all.' });

const one = z.strictObject({ id: objectId });

export const sendMessage = endpoint({
  method: 'POST',
  path: '/v1/messages',
  operationId: 'sendMessage',
  summary: 'Write to a user. It always starts a thread.',
  tag,
  params: nothing,
  query: nothing,
  body: z.strictObject({ recipient: userRef, subject: subjectText, body: bodyText }),
  bodyLimitBytes: messageBytes,
  idempotent: true,
  answers: { 201: message },
  problems: [429],
});

export const getMessage = endpoint({
  method: 'GET',
  path: '/v1/messages/{id}',
  operationId: 'getMessage',
  summary: 'A message of one’s own. Getting it does not mark it as read.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: message },
  problems: [404],
});

export const markMessageRead = endpoint({
  method: 'POST',
  path: '/v1/messages/{id}/read',
  operationId: 'markMessageRead',
  summary: 'Mark a message as read, for the caller alone.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: message },
  problems: [404],
});

export const markMessageUnread = endpoint({
  method: 'POST',
  path: '/v1/messages/{id}/unread',
  operationId: 'markMessageUnread',
  summary: 'Mark a message as unread, for the caller alone.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: message },
  problems: [404],
});

export const deleteMessage = endpoint({
  method: 'DELETE',
  path: '/v1/messages/{id}',
  operationId: 'deleteMessage',
  summary: 'Delete a message, for the caller alone.',
  tag,
  params: one,
  query: nothing,
  answers: { 204: null },
  problems: [404],
});

export const listThreads = endpoint({
  method: 'GET',
  path: '/v1/threads',
  operationId: 'listThreads',
  summary: 'The caller’s threads, those with the newest last message first.',
  tag,
  params: nothing,
  query: z.strictObject({ ...page, folder }),
  answers: { 200: listOf(thread) },
  problems: [],
});

export const getThread = endpoint({
  method: 'GET',
  path: '/v1/threads/{id}',
  operationId: 'getThread',
  summary: 'A thread with its 20 newest messages.',
  tag,
  params: one,
  query: z.strictObject({ folder }),
  answers: { 200: thread.extend({ messages: z.array(listedMessage).max(20) }) },
  problems: [404],
});

export const deleteThread = endpoint({
  method: 'DELETE',
  path: '/v1/threads/{id}',
  operationId: 'deleteThread',
  summary:
    'Delete a thread for the caller alone. A later reply brings it back, without what was deleted.',
  tag,
  params: one,
  query: nothing,
  answers: { 204: null },
  problems: [404],
});

export const listMessages = endpoint({
  method: 'GET',
  path: '/v1/threads/{id}/messages',
  operationId: 'listMessages',
  summary: 'The messages of a thread. With whole bodies a page may be shorter than its limit.',
  tag,
  params: one,
  query: z.strictObject({
    ...page,
    order,
    body: z
      .literal('full', 'must be full, or left out')
      .optional()
      .meta({ description: '`full`: whole bodies in place of excerpts.' }),
  }),
  answers: { 200: listOf(z.union([listedMessage, wholeMessage])) },
  problems: [404],
});

export const replyToThread = endpoint({
  method: 'POST',
  path: '/v1/threads/{id}/messages',
  operationId: 'replyToThread',
  summary: 'Reply in a thread, also in one that the caller or the other participant deleted.',
  tag,
  params: one,
  query: nothing,
  body: z.strictObject({ body: bodyText }),
  bodyLimitBytes: messageBytes,
  idempotent: true,
  answers: { 201: message },
  problems: [404],
});

export const markThreadRead = endpoint({
  method: 'POST',
  path: '/v1/threads/{id}/read',
  operationId: 'markThreadRead',
  summary: 'Mark every message of a thread as read, for the caller alone.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: thread },
  problems: [404],
});

export const countUnreadMessages = endpoint({
  method: 'GET',
  path: '/v1/convos/unread-count',
  operationId: 'countUnreadMessages',
  summary: 'How many unread messages the caller has, and in how many threads.',
  tag,
  params: nothing,
  query: nothing,
  answers: { 200: z.strictObject({ count: z.int().min(0), threads: z.int().min(0) }) },
  problems: [],
});

export const convosEndpoints = [
  sendMessage,
  getMessage,
  markMessageRead,
  markMessageUnread,
  deleteMessage,
  listThreads,
  getThread,
  deleteThread,
  listMessages,
  replyToThread,
  markThreadRead,
  countUnreadMessages,
  ...blockEndpoints,
];
