import * as z from 'zod';
import type { Column } from './output.ts';

const commonSchema = z.looseObject({
  id: z.string(),
  sender: z.string(),
  recipient: z.string(),
  sentAt: z.string(),
  isRead: z.boolean(),
});

/** A message as the API gives it alone. */
export const messageSchema = commonSchema.extend({
  threadId: z.string(),
  subject: z.string(),
  body: z.string(),
});

/** A message in a list: the beginning of its text, or all of it when that was asked for. */
export const listedMessageSchema = commonSchema.extend({ bodyExcerpt: z.string() });
export const wholeMessageSchema = commonSchema.extend({ body: z.string() });

type Common = z.infer<typeof commonSchema>;

/** Of a message in its thread. */
export const messageColumns: readonly Column<Common>[] = [
  { heading: 'READ BY YOU', cell: ({ isRead }) => (isRead ? 'yes' : 'no') },
  { heading: 'AT', cell: ({ sentAt }) => sentAt },
  { heading: 'FROM', cell: ({ sender }) => sender },
  { heading: 'ID', cell: ({ id }) => id },
];

export const listedMessageColumns: readonly Column<z.infer<typeof listedMessageSchema>>[] = [
  ...messageColumns,
  { heading: 'TEXT', cell: ({ bodyExcerpt }) => onOneLine(bodyExcerpt) },
];

/** Of a message alone. */
export const wholeMessageColumns: readonly Column<z.infer<typeof messageSchema>>[] = [
  ...messageColumns,
  { heading: 'TO', cell: ({ recipient }) => recipient },
  { heading: 'THREAD', cell: ({ threadId }) => threadId },
  { heading: 'SUBJECT', cell: ({ subject }) => subject },
];

/** An excerpt of a text of several lines, to be read in one. */
export function onOneLine(excerpt: string): string {
  return excerpt.replaceAll(/[\t\n\r ]+/g, ' ').trim();
}
