import type * as z from 'zod';
import type { ActionType } from '../../lambdas/shared/define/action.ts';
import type { ResourceType } from '../../lambdas/shared/define/resource.ts';
import { resourceTypePattern } from '../../lambdas/shared/resource-ref.ts';
import { settingsSchema } from './settings.ts';
import type { Settings, SettingsInput } from './settings.ts';

/** The domains that an installation can consist of. */
export const domains = ['social'] as const;
export type Domain = (typeof domains)[number];

/** Everything that a deployer decides. */
export interface Config {
  resources: readonly ResourceType[];
  actions: readonly ActionType[];
  settings: SettingsInput;
  /** What to deploy; a domain left out gets none of its resources. */
  domains: readonly Domain[];
}

/** A configuration that was checked, with every setting filled in. */
export interface CheckedConfig extends Omit<Config, 'settings'> {
  settings: Settings;
}

/** Mistakes in `config/`, each with its place and its remedy. */
export class ConfigError extends Error {
  override name = 'ConfigError';

  constructor(mistakes: readonly string[]) {
    super(`The configuration has mistakes:\n${mistakes.map((line) => `  - ${line}`).join('\n')}`);
  }
}

/** Declares the configuration; what types cannot say is checked by `checkConfig` at synth time. */
export function defineConfig(config: Config): Config {
  return config;
}

const overridePrefix = 'sequitur:';

/**
 * Checks a configuration and applies the overrides of the command line
 * (`-c sequitur:timelines.keep=500`).
 *
 * @throws ConfigError that lists every mistake with its place and what to do.
 */
export function checkConfig(config: Config, context: Record<string, unknown>): CheckedConfig {
  const mistakes = [
    ...resourceMistakes(config),
    ...actionMistakes(config),
    ...domainMistakes(config),
  ];
  const { merged, unknown } = withOverrides(config.settings, context);
  mistakes.push(...unknown);
  const settings = settingsSchema.safeParse(merged);
  if (!settings.success) {
    mistakes.push(
      ...settings.error.issues.map(
        (issue) => `config/settings.ts, ${issue.path.join('.')}: ${issue.message}`,
      ),
    );
    throw new ConfigError(mistakes);
  }
  if (!config.resources.some(({ type }) => type === settings.data.auth.userType)) {
    mistakes.push(
      `config/settings.ts, auth.userType: "${settings.data.auth.userType}" is not declared in config/resources.ts`,
    );
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return { ...config, settings: settings.data };
}

function resourceMistakes({ resources }: Config): string[] {
  const place = 'config/resources.ts';
  const mistakes = resources
    .filter(({ type }) => !resourceTypePattern.test(type))
    .map(
      ({ type }) => `${place}, "${type}": use lower-case letters, digits and hyphens, at most 32`,
    );
  for (const type of repeated(resources.map((resource) => resource.type))) {
    mistakes.push(`${place}, "${type}": declared more than once, keep one`);
  }
  if (resources.length === 0) mistakes.push(`${place}: declare at least one resource type`);
  return mistakes;
}

const verbPattern = /^[a-z][a-z0-9_-]{0,31}$/;

function actionMistakes({ actions, resources }: Config): string[] {
  const place = 'config/actions.ts';
  const types = resources.map(({ type }) => type);
  const mistakes: string[] = [];
  for (const { actor, verb } of actions) {
    if (!verbPattern.test(verb)) {
      mistakes.push(`${place}, "${verb}": use lower-case letters, digits, - and _, at most 32`);
    }
    if (!types.includes(actor)) {
      mistakes.push(
        `${place}, "${verb}": actor "${actor}" is not declared in config/resources.ts (${types.join(', ')})`,
      );
    }
  }
  for (const pair of repeated(actions.map(({ actor, verb }) => `${actor} ${verb}`))) {
    mistakes.push(`${place}, "${pair}": declared more than once, keep one`);
  }
  return mistakes;
}

function domainMistakes(config: Config): string[] {
  return repeated([...config.domains]).map(
    (domain) => `config/index.ts, domains: "${domain}" stands twice, keep one`,
  );
}

function repeated(names: string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function withOverrides(settings: SettingsInput, context: Record<string, unknown>) {
  const merged: Record<string, Record<string, unknown>> = {};
  for (const [group, values] of Object.entries(settings)) merged[group] = { ...values };
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(context)) {
    if (!key.startsWith(overridePrefix)) continue;
    const [group = '', name, ...rest] = key.slice(overridePrefix.length).split('.');
    // A key without a dot is context of the app itself, such as sequitur:synthesizer.
    if (name === undefined) continue;
    const shape: Record<string, z.ZodType> = settingsSchema.shape;
    if (!(group in shape) || rest.length > 0) {
      unknown.push(
        `-c ${key}: there is no such setting; groups are ${Object.keys(shape).join(', ')}`,
      );
      continue;
    }
    merged[group] = { ...merged[group], [name]: valueOf(value) };
  }
  return { merged, unknown };
}

/** The command line gives strings; `5`, `true` and `["a"]` mean what they say. */
function valueOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
