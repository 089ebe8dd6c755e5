import { defineAction } from '../lambdas/shared/define/action.ts';

/**
 * What resources can do. An action whose verb is taken away from here stays stored and is left out of
 * timelines until the verb comes back.
 */
export const actions = [
  defineAction({ actor: 'user', verb: 'join' }),
  defineAction({ actor: 'user', verb: 'like', target: 'required' }),
  defineAction({ actor: 'user', verb: 'comment', target: 'required' }),
  defineAction({ actor: 'user', verb: 'publish', target: 'required' }),
];
