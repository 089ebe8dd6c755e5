import { InvalidArgumentError, type Command } from 'commander';
import * as z from 'zod';
import { ulidOfDeliveryId } from '../../lambdas/webhooks/delivery.ts';
import { ulidOfHookId } from '../../lambdas/webhooks/hook.ts';

/** The id of an endpoint. Its form is checked here, so that nothing else gets into a path. */
export function hookIdArgument(text: string): string {
  if (ulidOfHookId(text) !== undefined) return text;
  throw new InvalidArgumentError("It must be an endpoint's id: hook_ and 26 letters and digits.");
}

/** The id of a delivery. Its form is checked here, so that nothing else gets into a path. */
export function deliveryIdArgument(text: string): string {
  if (ulidOfDeliveryId(text) !== undefined) return text;
  throw new InvalidArgumentError("It must be a delivery's id: del_ and 26 letters and digits.");
}

/** Ids of deliveries, one after the other as commander reads them. */
export function deliveryIdArguments(text: string, before: readonly string[] = []): string[] {
  return [...before, deliveryIdArgument(text)];
}

/** A time of RFC 3339 or a date, which is its first moment in UTC; sent on in UTC. */
export function timeArgument(text: string): string {
  const ms = timePattern.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new InvalidArgumentError('It must be a time like 2026-11-21T10:30:00Z, or a date.');
}

const timePattern = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** `--yes` of commands that ask, and `--no-wait` of those that wait. */
export const yesOptions = z.object({ yes: z.boolean().default(false) });

export function withYesOption(command: Command): Command {
  return command.option('--yes', 'do not ask (needed where there is no terminal)');
}
