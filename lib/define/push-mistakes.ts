import * as z from 'zod';
import { pushSettings } from '../../lambdas/push/settings.ts';
import type { ContentType } from '../../lambdas/shared/define/content-type.ts';
import type { PushRule } from '../../lambdas/shared/define/push-rule.ts';
import type { PushSender } from '../../lambdas/shared/define/push-sender.ts';
import type { PushTarget } from '../../lambdas/shared/define/push-target.ts';
import { contentTypeMistakes } from './content-type-mistakes.ts';
import type { RawSettings } from './overrides.ts';
import { pushRuleMistakes } from './push-rule-mistakes.ts';
import { pushTargetMistakes } from './push-target-mistakes.ts';
import { repeated } from './repeated.ts';

/** What a configuration says of push. */
export interface PushConfig {
  contentTypes: readonly ContentType[];
  pushRules: readonly PushRule[];
  pushTargets: readonly PushTarget[];
  pushSenders: readonly PushSender[];
}

/**
 * What is wrong with content, rules, targets and senders, and with settings that only make sense
 * together; each with its place and its remedy. A setting that is wrong by itself is told elsewhere.
 *
 * @param places where settings were given that are not those of `config/settings.ts`
 */
export function pushMistakes(
  config: PushConfig,
  raw: RawSettings,
  places: ReadonlyMap<string, string>,
): string[] {
  const placeOf = (setting: string): string =>
    places.get(`push.${setting}`) ?? `config/settings.ts, push.${setting}`;
  const { contentTypes, pushRules, pushTargets, pushSenders } = config;
  return [
    ...contentTypeMistakes(contentTypes),
    ...pushRuleMistakes(pushRules, pushTargets),
    ...pushTargetMistakes({
      pushTargets,
      pushSenders,
      changes: changesOf(raw),
      changesPlace: placeOf('targets'),
    }),
    ...senderMistakes(pushSenders),
    ...ageMistakes(raw, placeOf),
    ...networkMistakes(raw, placeOf('vpc')),
  ];
}

function changesOf(raw: RawSettings) {
  return pushSettings.shape.targets.safeParse(raw['push']?.['targets']).data ?? {};
}

function senderMistakes(senders: readonly PushSender[]): string[] {
  const place = 'config/push-senders.ts';
  const schemes = senders.map(({ scheme }) => scheme);
  return [
    ...schemes
      .filter((scheme) => !/^[a-z][a-z0-9+.-]*$/.test(scheme))
      .map(
        (scheme) =>
          `${place}, "${scheme}": use what begins a URL, without the colon: lower-case letters, digits, + . and -`,
      ),
    ...repeated(schemes).map(
      (scheme) => `${place}, "${scheme}": declared more than once, keep one`,
    ),
  ];
}

/** Asked of these two alone, so that it is told even when another setting is wrong. */
function ageMistakes(raw: RawSettings, placeOf: (setting: string) => string): string[] {
  const ages = z
    .object({
      checkOldAgeSeconds: pushSettings.shape.checkOldAgeSeconds,
      checkTooOldAgeSeconds: pushSettings.shape.checkTooOldAgeSeconds,
    })
    .safeParse(raw['push'] ?? {}).data;
  if (ages === undefined || ages.checkOldAgeSeconds <= ages.checkTooOldAgeSeconds) return [];
  return [
    `${placeOf('checkOldAgeSeconds')}: must not be above push.checkTooOldAgeSeconds: what is too late is late before; given are ${String(ages.checkOldAgeSeconds)} and ${String(ages.checkTooOldAgeSeconds)}`,
  ];
}

function networkMistakes(raw: RawSettings, place: string): string[] {
  const vpc = pushSettings.shape.vpc.safeParse(raw['push']?.['vpc']).data;
  if (!vpc) return [];
  return [
    ...repeated(vpc.privateSubnetIds).map((id) => `${place}: "${id}" stands twice, keep one`),
    ...repeated(vpc.securityGroupIds).map((id) => `${place}: "${id}" stands twice, keep one`),
  ];
}
