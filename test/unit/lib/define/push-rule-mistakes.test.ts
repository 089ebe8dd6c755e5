import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { pushRules } from '../../../../config/push-rules/index.ts';
import { pushTargets } from '../../../../config/push-targets.ts';
import { dtd, flat, tarGz, xsd, zip } from '../../../../lambdas/shared/define/push-rule.ts';
import type { SequentialRule } from '../../../../lambdas/shared/define/push-rule.ts';
import { pushRuleMistakes } from '../../../../lib/define/push-rule-mistakes.ts';

const folder = mkdtempSync(join(tmpdir(), 'sequitur-rules-'));
mkdirSync(join(folder, 'news', 'empty'), { recursive: true });
for (const name of ['news.dtd', 'news.xsd']) writeFileSync(join(folder, 'news', name), '');
afterAll(() => rmSync(folder, { recursive: true }));

const rule: SequentialRule = {
  kind: 'sequential',
  name: 'news',
  description: 'News for one partner.',
  targets: ['here'],
  supervise: () => undefined,
};

const targets = [
  { name: 'here', url: 'dummy://here/' },
  { name: 'there', url: 'dummy://there/' },
];

const mistakesOf = (...changes: Partial<SequentialRule>[]) =>
  pushRuleMistakes(
    changes.map((change) => ({ ...rule, ...change })),
    targets,
    folder,
  );

test('what ships has no mistakes', () => {
  expect(pushRuleMistakes(pushRules, pushTargets)).toEqual([]);
});

test('a rule with everything is right', () => {
  expect(
    mistakesOf({
      targets: ['here', 'there'],
      pack: zip('news-of-today.zip'),
      validators: [dtd('news/news.dtd'), xsd('news/news.xsd')],
    }),
  ).toEqual([]);
  for (const pack of [flat(), zip(), tarGz('news..tar.gz')])
    expect(mistakesOf({ pack })).toEqual([]);
});

describe('each mistake is told with its place and what is possible', () => {
  test.each(['News', 'news_2', '2news', '../news', ''])(
    'a name that cannot be one: "%s"',
    (name) => {
      expect(mistakesOf({ name })).toEqual([
        `config/push-rules, "${name}": use lower-case letters, digits and hyphens, beginning with a letter, at most 64`,
      ]);
    },
  );

  test('two rules of a name', () => {
    expect(mistakesOf({}, {})).toEqual([
      'config/push-rules, "news": declared more than once, keep one',
    ]);
  });

  test('no description', () => {
    expect(mistakesOf({ description: ' ' })).toEqual([
      'config/push-rules, "news": say in its description whom it serves, with what',
    ]);
  });

  test('no target', () => {
    expect(mistakesOf({ targets: [] })).toEqual([
      'config/push-rules, "news": it has no target, name some of config/push-targets.ts: here, there',
    ]);
  });

  test('a target that there is not, and one named twice', () => {
    expect(mistakesOf({ targets: ['here', 'nowhere', 'here'] })).toEqual([
      'config/push-rules, "news": target "nowhere" is not declared in config/push-targets.ts (here, there)',
      'config/push-rules, "news": target "here" stands twice, keep one',
    ]);
  });

  test.each(['a/b.zip', 'a\\b.zip', '..', '', 'a\nb.zip'])('an archive called %j', (name) => {
    for (const pack of [zip(name), tarGz(name)]) {
      expect(mistakesOf({ pack })).toEqual([
        `config/push-rules, "news": the archive ${JSON.stringify(name)}: use the name of a file, without a path`,
      ]);
    }
  });

  test('a rule without a folder', () => {
    expect(mistakesOf({ name: 'sports' })).toEqual([
      'config/push-rules, "sports": there is no folder config/push-rules/sports for its templates, make it',
    ]);
  });

  test.each(['news/none.xsd', 'news/empty', '../news.xsd', '/etc/passwd', 'news.xsd'])(
    'a schema that is no file of the folder: %s',
    (file) => {
      expect(mistakesOf({ validators: [xsd(file), dtd(file)] })).toEqual([
        `config/push-rules, "news": xsd("${file}"): there is no such file, name one by its path below config/push-rules`,
        `config/push-rules, "news": dtd("${file}"): there is no such file, name one by its path below config/push-rules`,
      ]);
    },
  );
});
