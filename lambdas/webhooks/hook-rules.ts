import { ValidationError } from '../shared/errors.ts';
import type { FieldError } from '../shared/errors.ts';
import type { AllowedTargets } from './allowed-targets.ts';
import { patternMistake } from './event-pattern.ts';
import type { EventTypes } from './event-types.ts';
import { targetMistake } from './target-rules.ts';

/** What hooks are checked against beyond the form of a request. */
export interface HookRules {
  eventTypes: EventTypes;
  allowed: AllowedTargets;
}

/** @throws ValidationError that names each wrong target and pattern. */
export function checkHook(
  { eventTypes, allowed }: HookRules,
  { target, events = [] }: { target?: string | undefined; events?: readonly string[] | undefined },
): void {
  const mistakes: FieldError[] = [];
  const wrongTarget = target === undefined ? undefined : targetMistake(target, allowed);
  if (wrongTarget !== undefined) mistakes.push({ path: 'body.target', message: wrongTarget });
  for (const [index, pattern] of events.entries()) {
    const message = patternMistake(pattern, (type) => eventTypes.isDeclared(type));
    if (message !== undefined) mistakes.push({ path: `body.events.${index}`, message });
  }
  if (mistakes.length > 0) throw new ValidationError(mistakes);
}
