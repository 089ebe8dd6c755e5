import { join } from 'node:path';
import { fileChecks } from '../../lambdas/push/export/file-checks.ts';
import { ruleFiles } from '../../lambdas/push/export/rule-files.ts';
import { templates } from '../../lambdas/push/export/templates.ts';
import type { CheckedFile } from '../../lambdas/shared/define/push-rule.ts';
import { xsd } from '../../lambdas/shared/define/push-rule.ts';
import { median } from '../quantile.ts';
import { result, type Result } from '../result.ts';
import { newLetter } from '../sample.ts';

const folder = join(import.meta.dirname, '../../config/push-rules');
const rule = 'partner-stories';
const schema = xsd('partner-stories/news.xsd');

/** Documents of each size, after as many that are not counted. */
const documents = 200;

/** What it takes to parse a file of the example rule and validate it by the rule's schema, compiled before. */
export async function measureXsd(): Promise<Result[]> {
  return [await measured('4 KB', 4_000), await measured('80 KB', 80_000)];
}

async function measured(size: string, bytes: number): Promise<Result> {
  const checks = fileChecks(ruleFiles(folder));
  const never = new AbortController().signal;
  const file = fileOf(bytes);
  const milliseconds: number[] = [];
  for (let document = 0; document < 2 * documents; document += 1) {
    const begun = performance.now();
    await checks.check([schema], file, rule, never);
    if (document >= documents) milliseconds.push(performance.now() - begun);
  }
  return result(`push: XSD validation of a document of ${size}`, median(milliseconds), 'ms');
}

/** As the example rule makes them, with a text that makes it about so large. */
function fileOf(size: number): CheckedFile {
  const now = '2026-11-21T20:50:00.000Z';
  const { subject, body } = newLetter();
  const content = {
    ref: 'story:7',
    type: 'story',
    id: '7',
    version: 1,
    fields: { title: subject },
    related: [],
    binaries: [],
    createdAt: now,
    updatedAt: now,
  };
  const text = body.repeat(Math.round(size / body.length));
  const values = { object: content, date: now, text, photo: '/medias/3.jpg', links: [] };
  const xml = templates(folder).render(rule, 'story', values);
  return { path: 'NEWS_story_7.xml', bytes: Buffer.from(xml), content };
}
