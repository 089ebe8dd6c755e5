import { expect, test } from '@jest/globals';
import { settingsSchema } from '../../../../lib/define/settings.ts';
import { localSettings } from '../../../../scripts/local/local-settings.ts';

test.each(Object.keys(localSettings))('%s, which is set locally, is a setting', (path) => {
  const [group = '', name = ''] = path.split('.');
  const groups: Record<string, { unwrap: () => { shape: object } }> = settingsSchema.shape;
  expect(Object.keys(groups[group]?.unwrap().shape ?? {})).toContain(name);
});
