import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pushNamePattern } from '../../lambdas/shared/define/push-rule.ts';
import type { PushRule } from '../../lambdas/shared/define/push-rule.ts';
import type { PushTarget } from '../../lambdas/shared/define/push-target.ts';
import { isBelow } from './file-places.ts';
import { repeated } from './repeated.ts';

const place = 'config/push-rules';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * What is wrong with rules, each with its place and its remedy. Their functions are not called.
 *
 * @param folder where the folders of rules are
 */
export function pushRuleMistakes(
  rules: readonly PushRule[],
  targets: readonly PushTarget[],
  folder: string = join(root, place),
): string[] {
  const names = targets.map(({ name }) => name);
  return [
    ...rules.flatMap((rule) =>
      [
        ...nameMistakes(rule),
        ...targetMistakes(rule, names),
        ...packMistakes(rule),
        ...fileMistakes(rule, folder),
      ].map((mistake) => `${place}, "${rule.name}": ${mistake}`),
    ),
    ...repeated(rules.map(({ name }) => name)).map(
      (name) => `${place}, "${name}": declared more than once, keep one`,
    ),
  ];
}

function nameMistakes({ name, description }: PushRule): string[] {
  return [
    ...(pushNamePattern.test(name)
      ? []
      : ['use lower-case letters, digits and hyphens, beginning with a letter, at most 64']),
    ...(description.trim() === '' ? ['say in its description whom it serves, with what'] : []),
  ];
}

function targetMistakes({ targets }: PushRule, known: readonly string[]): string[] {
  const list = known.length === 0 ? 'none are declared' : known.join(', ');
  if (targets.length === 0)
    return [`it has no target, name some of config/push-targets.ts: ${list}`];
  return [
    ...targets
      .filter((name) => !known.includes(name))
      .map((name) => `target "${name}" is not declared in config/push-targets.ts (${list})`),
    ...repeated(targets).map((name) => `target "${name}" stands twice, keep one`),
  ];
}

function packMistakes({ pack }: PushRule): string[] {
  if (pack === undefined || pack.kind === 'flat' || pack.name === undefined) return [];
  const { name } = pack;
  // oxlint-disable-next-line no-control-regex -- servers take them for the end of a command
  const isName = !/[/\\\u0000-\u001f\u007f]/.test(name) && !['', '.', '..'].includes(name);
  return isName
    ? []
    : [`the archive ${JSON.stringify(name)}: use the name of a file, without a path`];
}

function fileMistakes({ name, validators = [] }: PushRule, folder: string): string[] {
  const files = validators.flatMap((one) =>
    one.kind === 'dtd' || one.kind === 'xsd' ? [one] : [],
  );
  return [
    ...(!pushNamePattern.test(name) || kindOf(join(folder, name)) === 'folder'
      ? []
      : [`there is no folder ${place}/${name} for its templates, make it`]),
    ...files
      .filter(({ file }) => !isBelow(folder, file) || kindOf(join(folder, file)) !== 'file')
      .map(
        ({ kind, file }) =>
          `${kind}(${JSON.stringify(file)}): there is no such file, name one by its path below ${place}`,
      ),
  ];
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isDirectory() ? 'folder' : 'file';
}
