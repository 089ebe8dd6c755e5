import * as z from 'zod';
import type { Column } from './output.ts';

/** An action as the API gives it; `read` only in private timelines. */
export const actionSchema = z.looseObject({
  id: z.string(),
  actor: z.string(),
  verb: z.string(),
  target: z.string().nullish(),
  data: z.unknown(),
  at: z.string(),
  read: z.boolean().optional(),
});

export type ShownAction = z.infer<typeof actionSchema>;

/** Data comes last: it may be long, and the last column is the one that is cut. */
export const actionColumns: readonly Column<ShownAction>[] = [
  { heading: 'AT', cell: ({ at }) => at },
  { heading: 'ACTOR', cell: ({ actor }) => actor },
  { heading: 'VERB', cell: ({ verb }) => verb },
  { heading: 'TARGET', cell: ({ target }) => target ?? '' },
  { heading: 'ID', cell: ({ id }) => id },
  {
    heading: 'DATA',
    cell: ({ data }) => (data === undefined || data === null ? '' : JSON.stringify(data)),
  },
];
