import { defineResource } from '../lambdas/shared/define/resource.ts';

/**
 * What can follow, be followed and have timelines. A reference is `type:id`, e.g. `article:7`.
 * Adding a type is enough; taking one away hides what is stored under it.
 */
export const resources = [
  defineResource({ type: 'user' }),
  defineResource({ type: 'project' }),
  defineResource({ type: 'article' }),
  defineResource({ type: 'photo' }),
];
