import type { Command } from 'commander';
import * as z from 'zod';
import { usageFailure } from './failure.ts';

/** Options that take a setting of an endpoint away again. */
export function withResets(command: Command): Command {
  return command
    .option('--no-description', 'no description any more')
    .option('--default-retries', 'the usual retries again')
    .option('--no-rate-limit', 'no limit of posts a second any more');
}

/** `description` is false when it is taken away, and the text when there is a new one. */
export const resetsSchema = {
  description: z.union([z.string(), z.literal(false)]).optional(),
  defaultRetries: z.boolean().default(false),
  rateLimit: z.boolean().default(true),
};

interface Resets {
  readonly description?: string | false | undefined;
  readonly defaultRetries: boolean;
  readonly rateLimit: boolean;
  readonly retries?: number | undefined;
  readonly retryInterval?: number | undefined;
  readonly schedule?: readonly number[] | undefined;
  readonly perSecond?: number | undefined;
}

/**
 * What of a request's body they say. Throws a usage failure when the same setting is given as well:
 * nothing has been sent then.
 */
export function resetsOf(options: Resets) {
  const { retries, retryInterval, schedule, perSecond } = options;
  if (options.defaultRetries && (retries ?? retryInterval ?? schedule) !== undefined) {
    throw usageFailure('Choose one: --default-retries, or retries of its own.');
  }
  if (!options.rateLimit && perSecond !== undefined) {
    throw usageFailure('Choose one: --no-rate-limit, or --per-second.');
  }
  return {
    ...(options.description === false && { description: null }),
    ...(options.defaultRetries && { retry: null }),
    ...(!options.rateLimit && { rateLimit: null }),
  };
}
