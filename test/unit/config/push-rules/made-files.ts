import { fileURLToPath } from 'node:url';
import { fileChecks } from '../../../../lambdas/push/export/file-checks.ts';
import { ruleFiles } from '../../../../lambdas/push/export/rule-files.ts';
import { templates } from '../../../../lambdas/push/export/templates.ts';
import type { Content } from '../../../../lambdas/shared/define/content-type.ts';
import type { PushRule } from '../../../../lambdas/shared/define/push-rule.ts';
import { toolsWith } from './stored-content.ts';

const folder = fileURLToPath(new URL('../../../../config/push-rules/', import.meta.url));
const shipped = templates(folder);
const checks = fileChecks(ruleFiles(folder));

/**
 * What partners get as the file of a content's template, made from the shipped template and checked by
 * the rule's validators; throws what they say against it.
 */
export async function madeFile(
  rule: PushRule,
  content: Content,
  ...others: readonly Content[]
): Promise<string> {
  const tools = toolsWith(content, ...others);
  const supervisor = await rule.supervise(content, tools);
  const [output] = (await supervisor?.outputs(content, tools)) ?? [];
  if (output?.kind !== 'template') throw new Error('the first output is no template');
  const values = { object: content, ...output.context };
  const xml = shipped.render(rule.name, output.template ?? content.type, values);
  const file = { path: 'made.xml', bytes: Buffer.from(xml), content };
  await checks.check(rule.validators ?? [], file, rule.name, new AbortController().signal);
  return xml;
}
