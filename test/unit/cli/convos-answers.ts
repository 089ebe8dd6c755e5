/** What the API answers about one thread between Amy, who asks, and Flo. */
export const ulid = '01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
export const messageId = `msg_${ulid}`;
export const threadId = `thr_${ulid}`;

/** Turns a terminal red, clears it, goes back on its line, turns the reading direction. */
export const hostile = 'a\u001B[31mb\u009B2Jc\rd\u202Ee';
export const harmless = 'a\\u001b[31mb\\u009b2Jc\\rd\\u202ee';

export const message = {
  id: messageId,
  threadId,
  sender: 'user:flo',
  recipient: 'user:amy',
  subject: 'Lunch',
  body: 'Are you free at noon?',
  sentAt: '2026-11-21T10:30:00.000Z',
  isRead: false,
  later: 'new in the API',
};

export const listedMessage = {
  id: messageId,
  sender: 'user:flo',
  recipient: 'user:amy',
  bodyExcerpt: 'Are you free at noon?',
  sentAt: '2026-11-21T10:30:00.000Z',
  isRead: false,
};

export const thread = {
  id: threadId,
  subject: 'Lunch',
  with: 'user:flo',
  lastMessage: {
    id: messageId,
    sender: 'user:flo',
    bodyExcerpt: 'Are you free at noon?',
    sentAt: '2026-11-21T10:30:00.000Z',
    isRead: false,
  },
  unreadCount: 1,
  messageCount: 3,
};

export const threadLine = `${message.sentAt}\tuser:flo\t1\t3\t${threadId}\tLunch\tAre you free at noon?\n`;
export const messageLine = `no\t${message.sentAt}\tuser:flo\t${messageId}\tuser:amy\t${threadId}\tLunch\n`;
export const listedLine = `no\t${message.sentAt}\tuser:flo\t${messageId}\tAre you free at noon?\n`;
