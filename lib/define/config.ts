import type { ActionType } from '../../lambdas/shared/define/action.ts';
import type { CustomEventType } from '../../lambdas/shared/define/event-type.ts';
import type { ResourceType } from '../../lambdas/shared/define/resource.ts';
import { resourceTypePattern } from '../../lambdas/shared/resource-ref.ts';
import { caFileMistakes } from './ca-file-mistakes.ts';
import { deploymentContext } from './deployment-context.ts';
import type { DeploymentContext } from './deployment-context.ts';
import { eventTypeMistakes } from './event-type-mistakes.ts';
import { withOverrides } from './overrides.ts';
import type { RawSettings } from './overrides.ts';
import { pushMistakes } from './push-mistakes.ts';
import type { PushConfig } from './push-mistakes.ts';
import { repeated } from './repeated.ts';
import { settingMistakes } from './setting-mistakes.ts';
import { defaultUserType, settingsSchema } from './settings.ts';
import type { Settings, SettingsInput } from './settings.ts';

/** The domains that an installation can consist of. */
export const domains = ['social', 'convos', 'webhooks', 'push'] as const;
export type Domain = (typeof domains)[number];

/** Everything that a deployer decides. */
export interface Config extends PushConfig {
  resources: readonly ResourceType[];
  actions: readonly ActionType[];
  /** Events of the deployer's own systems. */
  eventTypes: readonly CustomEventType[];
  settings: SettingsInput;
  /** What to deploy; a domain left out gets none of its resources. */
  domains: readonly Domain[];
}

/** A configuration that was checked, with every setting filled in. */
export interface CheckedConfig extends Omit<Config, 'settings'> {
  settings: Settings;
  deployment: DeploymentContext;
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

/**
 * Checks a configuration and applies the overrides of the command line
 * (`-c sequitur:timelines.keep=500`) and the context of the deployment.
 *
 * @throws ConfigError that lists every mistake with its place and what to do.
 */
export function checkConfig(config: Config, context: Record<string, unknown>): CheckedConfig {
  const { settings: raw, places } = withOverrides(config.settings, context);
  const settings = settingsSchema.safeParse(raw);
  const { deployment, mistakes: contextMistakes } = deploymentContext(context);
  const mistakes = [
    ...resourceMistakes(config),
    ...actionMistakes(config),
    ...eventTypeMistakes(config.eventTypes),
    ...domainMistakes(config),
    ...(settings.success ? [] : settingMistakes(settings.error.issues, raw, places)),
    ...userTypeMistakes(config, raw, places),
    ...caFileMistakes(
      raw['webhooks']?.['caFile'],
      places.get('webhooks.caFile') ?? 'config/settings.ts, webhooks.caFile',
    ),
    ...pushMistakes(config, raw, places),
    ...(deployment.plainHttp === 'allow' ? [] : plainIssuerMistakes(raw, places)),
    ...contextMistakes,
  ];
  if (!settings.success || mistakes.length > 0) throw new ConfigError(mistakes);
  return { ...config, settings: settings.data, deployment };
}

/** API Gateway takes tokens only of an issuer that it can reach by TLS. */
function plainIssuerMistakes(raw: RawSettings, places: ReadonlyMap<string, string>): string[] {
  const issuer = raw['auth']?.['issuer'];
  if (typeof issuer !== 'string' || !issuer.startsWith('http://')) return [];
  const place = places.get('auth.issuer') ?? 'config/settings.ts, auth.issuer';
  return [
    `${place}: must begin with https://, unless an emulator is told so by -c sequitur:plainHttp=allow; given is "${issuer}"`,
  ];
}

/** Asked of the raw settings, so that it is told even when another setting is wrong. */
function userTypeMistakes(
  { resources }: Config,
  raw: RawSettings,
  places: ReadonlyMap<string, string>,
): string[] {
  const types = resources.map(({ type }) => type);
  const userType = raw['auth']?.['userType'] ?? defaultUserType;
  if (typeof userType !== 'string' || types.includes(userType)) return [];
  const place = places.get('auth.userType') ?? 'config/settings.ts, auth.userType';
  return [`${place}: "${userType}" is not declared in config/resources.ts (${types.join(', ')})`];
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
  const place = 'config/index.ts, domains';
  const known: readonly string[] = domains;
  const unknown = config.domains.filter((domain) => !known.includes(domain));
  return [
    ...unknown.map((domain) => `${place}: there is no "${domain}"; there are ${known.join(', ')}`),
    ...repeated([...config.domains]).map(
      (domain) => `${place}: "${domain}" stands twice, keep one`,
    ),
  ];
}
