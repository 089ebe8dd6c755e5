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
    description:
      'Its recipient read a message (`id`), or at once all messages of a thread (`upTo` its last one).',
    schema: z.object({
      threadId: z.string(),
      reader: z.string(),
      /** The other participant. */
      sender: z.string(),
      readAt: time,
      /** The message that was read. */
      id: z.string().optional(),
      /** All messages of the thread up to this one were read, whoever sent it. */
      upTo: z.string().optional(),
    }),
    example: {
      threadId: 'thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
      reader: 'user:flo',
      sender: 'user:thoas',
      readAt: '2026-11-21T10:31:00.000Z',
      id: 'msg_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
    },
  },
};
