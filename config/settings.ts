import { defineSettings } from '../lib/define/settings.ts';

/**
 * Settings that differ from their defaults; docs/configuration.md lists them all. Each can be
 * overridden without an edit: `cdk deploy -c sequitur:timelines.keep=500`.
 */
export const settings = defineSettings({
  installation: { namePrefix: 'sequitur' },
  follows: { onRepeat: 'ignore' },
  timelines: { keep: 1_000 },
});
