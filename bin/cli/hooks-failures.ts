import type { Command } from 'commander';
import * as z from 'zod';
import type { Api } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { confirm } from './confirm.ts';
import { usageFailure } from './failure.ts';
import { withYesOption, yesOptions } from './hooks-arguments.ts';
import {
  failureFiltersSchema,
  filtersOf,
  hasFilter,
  validOption,
  withFailureFilters,
} from './hooks-failure-filters.ts';
import type { FailureFilters } from './hooks-failure-filters.ts';
import { acceptedInAll } from './hooks-rounds.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import { failureColumns, failureSchema } from './shown-delivery.ts';
import type { Surroundings } from './surroundings.ts';

const failuresOptions = listOptionsSchema.extend(failureFiltersSchema.shape);

/** `hooks failures`: what was tried for the last time and is on record. */
export function addFailures(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    withFailureFilters(
      group.command('failures').description('failed deliveries, newest events first'),
    ).addOption(validOption()),
  ).action(async () => {
    const { output, connect } = workOf(command, surroundings);
    const options = optionsOf(command, failuresOptions);
    await showList(await connect(), output, {
      path: '/v1/hooks/failures',
      query: filtersOf(options),
      options,
      item: failureSchema,
      columns: failureColumns,
      none: 'Nothing has failed.',
    });
  });
  withExamples(
    command,
    'hooks failures',
    'hooks failures --status 500 --valid true --all',
    'hooks failures --hook hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6 --json',
  );
}

const deleteOptions = failureFiltersSchema
  .extend(yesOptions.shape)
  .extend({ all: z.boolean().default(false) });

/** `hooks delete-failures`: off the record, with their payloads. */
export function addDeleteFailures(group: Command, surroundings: Surroundings): void {
  const command = withYesOption(
    withFailureFilters(
      group.command('delete-failures').description('delete failed deliveries, some or all'),
    )
      .addOption(validOption())
      .option('--all', 'every one'),
  ).action(async () => {
    const { output, connect } = workOf(command, surroundings);
    const { yes, all, ...options } = optionsOf(command, deleteOptions);
    const filters = filtersOf(options);
    if (!all && !hasFilter(filters)) {
      throw usageFailure('Which ones? Name a filter, or --all.');
    }
    const failedBefore = filters.failedBefore ?? new Date(surroundings.now()).toISOString();
    if (!yes) {
      await confirm(
        surroundings,
        `This deletes ${all && !hasFilter(filters) ? 'all' : 'the chosen'} failed deliveries ` +
          'with their payloads. It cannot be undone.',
      );
    }
    const deleted = await deleteAll(await connect(), { ...filters, failedBefore }, all);
    if (output.json) output.document({ accepted: deleted });
    else output.message(`Deleted failed webhooks: ${String(deleted)}`);
  });
  withExamples(
    command,
    'hooks delete-failures --valid false',
    'hooks delete-failures --all --yes --json',
  );
}

function deleteAll(api: Api, filters: FailureFilters, all: boolean): Promise<number> {
  const query = { ...filters, all: all ? 'true' : undefined };
  return acceptedInAll(api, { method: 'DELETE', path: '/v1/hooks/failures', query });
}
