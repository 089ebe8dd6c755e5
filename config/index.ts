import { defineConfig } from '../lib/define/config.ts';
import { actions } from './actions.ts';
import { contentTypes } from './content-types.ts';
import { eventTypes } from './event-types.ts';
import { pushRules } from './push-rules/index.ts';
import { pushSenders } from './push-senders.ts';
import { pushTargets } from './push-targets.ts';
import { resources } from './resources.ts';
import { settings } from './settings.ts';

/**
 * The example installation: a news site whose users follow people, projects, articles and photos, and
 * write to each other, and whose partners get what happens as webhooks and its stories as files.
 */
export const config = defineConfig({
  domains: ['social', 'convos', 'webhooks', 'push'],
  resources,
  actions,
  eventTypes,
  contentTypes,
  pushRules,
  pushTargets,
  pushSenders,
  settings,
});
