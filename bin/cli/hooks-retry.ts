import type { Command } from 'commander';
import * as z from 'zod';
import type { Api } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { exitCodes, Failure } from './failure.ts';
import { deliveryIdArguments } from './hooks-arguments.ts';
import {
  failureFiltersSchema,
  filtersOf,
  hasFilter,
  withFailureFilters,
} from './hooks-failure-filters.ts';
import type { FailureFilters } from './hooks-failure-filters.ts';
import { acceptedInAll } from './hooks-rounds.ts';
import { settled, type Settled, type Watched } from './hooks-settled.ts';
import { everyItem } from './hooks-walk.ts';
import type { Output } from './output.ts';
import { failureSchema } from './shown-delivery.ts';
import type { Surroundings } from './surroundings.ts';

const retryOptions = failureFiltersSchema.extend({ wait: z.boolean() });

/**
 * `hooks retry-failed`: every valid failure once more, as rest-hooks-delivery's command of that name
 * did and with its words; one try each.
 */
export function addRetryFailed(group: Command, surroundings: Surroundings): void {
  const command = withFailureFilters(
    group
      .command('retry-failed')
      .description('post failed deliveries once more: all that are valid, or some')
      .argument('[delivery...]', 'only these, by their ids', deliveryIdArguments),
  )
    .option('--no-wait', 'do not wait for what comes of it')
    .action(async (ids: string[]) => {
      const { output, connect } = workOf(command, surroundings);
      const { wait, ...options } = optionsOf(command, retryOptions);
      const given = filtersOf(options);
      const isAll = ids.length === 0 && !hasFilter(given);
      // What fails again meanwhile failed later than that: it is not retried twice.
      const failedBefore = given.failedBefore ?? new Date(surroundings.now()).toISOString();
      const chosen = { ids, isAll, filters: { ...given, failedBefore } };
      const api = await connect();
      const watched = wait ? await toWatch(api, chosen) : [];
      const accepted = await retryAll(api, chosen);
      if (!output.json) surroundings.stdout.write(`Retried ${String(accepted)} failed webhooks\n`);
      if (!wait) {
        if (output.json) output.document({ accepted });
        return;
      }
      const outcome = await settled(api, surroundings, accepted > 0 ? watched : []);
      if (output.json) output.document({ accepted, ...outcome });
      else if (accepted > 0) say(output, outcome);
      judge(outcome);
    });
  withExamples(
    command,
    'hooks retry-failed',
    'hooks retry-failed --hook hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6 --status 503 --no-wait',
    'hooks retry-failed del_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
  );
}

interface Chosen {
  readonly ids: readonly string[];
  readonly isAll: boolean;
  readonly filters: FailureFilters;
}

/** The failures that a retry can take, as they are before it. */
async function toWatch(api: Api, { ids, filters }: Chosen): Promise<Watched[]> {
  const path = '/v1/hooks/failures';
  const failures = await everyItem(
    api,
    { path, query: { ...filters, valid: 'true' } },
    failureSchema,
  );
  const wanted = new Set(ids);
  return failures
    .filter(({ id }) => wanted.size === 0 || wanted.has(id))
    .map(({ id, tries }) => ({ id, tries }));
}

function retryAll(api: Api, { ids, isAll, filters }: Chosen): Promise<number> {
  const body = {
    ...filters,
    ids: ids.length === 0 ? undefined : ids,
    all: isAll ? true : undefined,
  };
  return acceptedInAll(api, { method: 'POST', path: '/v1/hooks/failures/retry', body });
}

function say(output: Output, { delivered, failedAgain, pending }: Settled): void {
  output.message(
    `Delivered: ${String(delivered)}. Failed again: ${String(failedAgain)}.` +
      (pending === 0 ? '' : ` Still on their way: ${String(pending)}.`),
  );
}

/** Ends with 1 when not everything was delivered; what it is has been said. */
function judge({ failedAgain, pending }: Settled): void {
  if (failedAgain > 0) {
    throw new Failure(exitCodes.workFailed, 'What failed again: npx sequitur hooks failures');
  }
  if (pending > 0) {
    throw new Failure(
      exitCodes.workFailed,
      'No longer waiting. The retries go on; what fails again: npx sequitur hooks failures',
    );
  }
}
