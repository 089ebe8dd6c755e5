import * as z from 'zod';
import { settingsSchema } from './settings.ts';
import type { RawSettings } from './overrides.ts';

/**
 * What is wrong with settings, each with its place (`places` names those not of `config/settings.ts`)
 * and its remedy.
 */
export function settingMistakes(
  issues: readonly z.core.$ZodIssue[],
  settings: RawSettings,
  places: ReadonlyMap<string, string>,
): string[] {
  const mistake = (path: string, message: string): string =>
    `${places.get(settingOf(path)) ?? `config/settings.ts, ${path}`}: ${message}`;
  return issues.flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys')
      return [mistake(path, `${issue.message}${given(issue, settings)}`)];
    const known = `there is no such setting; ${path === '' ? 'groups are' : `${path} has`} ${namesAt(path)}`;
    if (path !== '') return issue.keys.map((key) => mistake(`${path}.${key}`, known));
    return issue.keys.flatMap((group) =>
      Object.keys(settings[group] ?? {}).map((name) => mistake(`${group}.${name}`, known)),
    );
  });
}

/** The setting that a path leads to or into: parts of lists and objects have paths of their own. */
function settingOf(path: string): string {
  return path.split('.').slice(0, 2).join('.');
}

type Part = z.core.JSONSchema.BaseSchema;

/** Names that are possible where a path leads to. */
function namesAt(path: string): string {
  const whole: Part = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' });
  const steps = path === '' ? [] : path.split('.');
  return Object.keys(steps.reduce(partOf, whole).properties ?? {}).join(', ');
}

/** What a name leads to: of an object with names of one's own, the same for all. */
function partOf(part: Part, name: string): Part {
  const { properties, additionalProperties } = part;
  const next = properties?.[name] ?? additionalProperties;
  if (typeof next !== 'object') return {};
  const [choice] = next.anyOf?.filter((one) => one.properties !== undefined) ?? [];
  return choice ?? next;
}

function given({ path }: z.core.$ZodIssue, settings: RawSettings): string {
  const [group, name] = path;
  const value = settings[String(group)]?.[String(name)];
  return value === undefined ? '' : `; given is ${JSON.stringify(value)}`;
}
