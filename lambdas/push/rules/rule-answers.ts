import type { PushRule, Validator } from '../../shared/define/push-rule.ts';
import { defaultConcurrency } from '../../shared/define/push-target.ts';
import type { PushTarget } from '../../shared/define/push-target.ts';

/** A rule as the API answers it. */
export function ruleAnswer({ name, kind, description, targets, pack, validators = [] }: PushRule) {
  return {
    name,
    kind,
    description,
    targets,
    pack: pack?.kind ?? 'flat',
    validators: validators.map(validatorAnswer),
  };
}

function validatorAnswer(validator: Validator): string {
  if (validator.kind === 'custom') return validator.name;
  return 'file' in validator ? `${validator.kind} ${validator.file}` : validator.kind;
}

/** A target as the API answers it: where files go, and nothing that lets anybody in. */
export function targetAnswer(target: PushTarget) {
  const {
    name,
    url,
    hostKeys = [],
    atomic = true,
    doneMarker,
    concurrency = defaultConcurrency,
  } = target;
  return {
    name,
    url: withoutCredentials(url),
    hostKeys,
    atomic,
    ...(doneMarker !== undefined && { doneMarker }),
    concurrency,
  };
}

/** The configuration has none in URLs; a setting of an installation may have by mistake. */
function withoutCredentials(url: string): string {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return url;
  return url.replace(/^([^:]+:\/\/)[^/]*@/, '$1');
}
