import { defineConfig } from '../lib/define/config.ts';
import { actions } from './actions.ts';
import { resources } from './resources.ts';
import { settings } from './settings.ts';

/**
 * The example installation: a news site whose users follow people, projects, articles and photos, and
 * write to each other.
 */
export const config = defineConfig({
  domains: ['social', 'convos'],
  resources,
  actions,
  settings,
});
