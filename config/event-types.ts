import * as z from 'zod';
import { defineEventType } from '../lambdas/shared/define/event-type.ts';

/**
 * Events of your own systems. They come in by `POST /v1/events`, or straight from an AWS producer on
 * the bus, and go to the webhooks that subscribe to them.
 */
export const eventTypes = [
  defineEventType({
    type: 'article.published',
    description: 'An article went online.',
    schema: z.looseObject({
      article: z.string().min(1).describe('The article, as a reference.'),
      title: z.string().min(1),
    }),
    example: { article: 'article:welcome', title: 'Welcome' },
  }),
];
