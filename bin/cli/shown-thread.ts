import * as z from 'zod';
import type { Column } from './output.ts';
import { onOneLine } from './shown-message.ts';

/** A thread as lists of the API give it. */
export const threadSchema = z.looseObject({
  id: z.string(),
  subject: z.string(),
  with: z.string(),
  lastMessage: z.looseObject({ bodyExcerpt: z.string(), sentAt: z.string() }),
  unreadCount: z.number(),
  messageCount: z.number(),
});

/** Columns of a terminal for a subject, which may have 140 characters. */
const subjectWidth = 30;

export const threadColumns: readonly Column<z.infer<typeof threadSchema>>[] = [
  { heading: 'AT', cell: ({ lastMessage }) => lastMessage.sentAt },
  { heading: 'WITH', cell: (thread) => thread.with },
  { heading: 'UNREAD', cell: ({ unreadCount }) => String(unreadCount) },
  { heading: 'MESSAGES', cell: ({ messageCount }) => String(messageCount) },
  { heading: 'ID', cell: ({ id }) => id },
  { heading: 'SUBJECT', cell: ({ subject }) => subject, widest: subjectWidth },
  { heading: 'LAST MESSAGE', cell: ({ lastMessage }) => onOneLine(lastMessage.bodyExcerpt) },
];
