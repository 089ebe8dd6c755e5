import * as z from 'zod';
import { defineContentType, refTo } from '../lambdas/shared/define/content-type.ts';

/** A text of the news site. Its photo, and the stories it refers to, are content of their own. */
export const story = defineContentType({
  type: 'story',
  schema: z.strictObject({
    title: z.string().min(1),
    /** HTML. */
    content: z.string(),
    /** 10: offline, 20: online. */
    state: z.literal([10, 20], 'must be 10 (offline) or 20 (online)'),
    updatedAt: z.iso.datetime({ offset: true }),
    photo: refTo('photo').optional(),
  }),
});

/** A picture: its file is the binary `original`. */
export const photo = defineContentType({
  type: 'photo',
  schema: z.strictObject({
    title: z.string().optional(),
    credit: z.string().optional(),
  }),
  binaries: ['original'],
});

/**
 * What partners can get files of. A reference is `type:id`, e.g. `story:7`. Adding a type is enough;
 * taking one away hides what is stored under it.
 */
export const contentTypes = [story, photo];
