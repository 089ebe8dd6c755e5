import { defineConfig } from '../lib/define/config.ts';
import { actions } from './actions.ts';
import { eventTypes } from './event-types.ts';
import { resources } from './resources.ts';
import { settings } from './settings.ts';

/**
 * The example installation: a news site whose users follow people, projects, articles and photos, and
 * write to each other, and whose partners get what happens as webhooks.
 */
export const config = defineConfig({
  domains: ['social', 'convos', 'webhooks'],
  resources,
  actions,
  eventTypes,
  settings,
});
