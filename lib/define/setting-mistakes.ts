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
    `${givenAt(path, places) ?? `config/settings.ts, ${path}`}: ${message}`;
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

/** Where a setting was given; parts of lists and objects have paths of their own, below the setting's. */
function givenAt(path: string, places: ReadonlyMap<string, string>): string | undefined {
  const dot = path.lastIndexOf('.');
  return places.get(path) ?? (dot < 0 ? undefined : givenAt(path.slice(0, dot), places));
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
