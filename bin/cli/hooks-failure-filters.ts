import { InvalidArgumentError, Option, type Command } from 'commander';
import * as z from 'zod';
import { resourceRef } from './arguments.ts';
import { hookIdArgument, timeArgument } from './hooks-arguments.ts';

/** Options that say which failures are meant. */
export function withFailureFilters(command: Command): Command {
  return command
    .option('--hook <hook>', 'only of this endpoint', hookIdArgument)
    .option('--event <type>', 'only of this event type')
    .option('--target <url>', 'only those that went to this URL')
    .option('--owner <ref>', 'only of endpoints of this resource, type:id', resourceRef)
    .option('--status <status>', 'only with this last HTTP status, or none', lastStatus)
    .option('--failed-before <time>', 'only those last tried before, RFC 3339', timeArgument);
}

/** Whether a failure's endpoint still has its target, event and owner. */
export function validOption(): Option {
  return new Option(
    '--valid <valid>',
    'whether the endpoint still has that target, event and owner',
  ).choices(['true', 'false']);
}

export const failureFiltersSchema = z.object({
  hook: z.string().optional(),
  event: z.string().optional(),
  target: z.string().optional(),
  owner: z.string().optional(),
  status: z.string().optional(),
  valid: z.string().optional(),
  failedBefore: z.string().optional(),
});

export type FailureFilters = z.infer<typeof failureFiltersSchema>;

/** Of options that hold more, those that say which failures are meant. */
export function filtersOf(options: FailureFilters): FailureFilters {
  return failureFiltersSchema.parse(options);
}

export function hasFilter(filters: FailureFilters): boolean {
  return Object.keys(filters).length > 0;
}

function lastStatus(text: string): string {
  if (/^(?:none|[1-5]\d\d)$/.test(text)) return text;
  throw new InvalidArgumentError('It must be an HTTP status, or none.');
}
