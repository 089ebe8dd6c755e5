import * as z from 'zod';

const time = z.iso.datetime({ precision: 3 });

/** Events of messages. Their audience is the two participants. */
export const convoEvents = {
  'thread.created': {
    description: 'Somebody wrote to somebody: a thread began.',
    schema: z.object({
      id: z.string(),
      subject: z.string(),
      sender: z.string(),
      recipient: z.string(),
      createdAt: time,
    }),
    example: {
      id: 'thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      subject: 'Lunch?',
      sender: 'user:thoas',
      recipient: 'user:flo',
      createdAt: '2026-11-21T10:30:00.008Z',
    },
  },
  'message.sent': {
    description: 'A message was sent, as the first of a thread or as a reply.',
    schema: z.object({
      id: z.string(),
      threadId: z.string(),
      subject: z.string(),
      sender: z.string(),
      recipient: z.string(),
      sentAt: time,
      /** Only with the setting `convos.bodyInEvents`, as `body`. */
      bodyExcerpt: z.string().optional(),
      body: z.string().optional(),
    }),
    example: {
      id: 'msg_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      threadId: 'thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      subject: 'Lunch?',
      sender: 'user:thoas',
      recipient: 'user:flo',
      sentAt: '2026-11-21T10:30:00.008Z',
    },
  },
  'message.read': {
    description: 'Its recipient read a message, or with it every earlier one of the thread.',
    schema: z.object({
      /** The message; with `all` the last one that was read. */
      id: z.string(),
      threadId: z.string(),
      reader: z.string(),
      sender: z.string(),
      /** The whole thread was read, up to this message. */
      all: z.boolean(),
      readAt: time,
    }),
    example: {
      id: 'msg_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      threadId: 'thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      reader: 'user:flo',
      sender: 'user:thoas',
      all: false,
      readAt: '2026-11-21T10:31:00.000Z',
    },
  },
};
