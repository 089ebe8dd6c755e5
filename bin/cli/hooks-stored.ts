import type { Command } from 'commander';
import * as z from 'zod';
import type { Api } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { usageFailure } from './failure.ts';
import { deliveryIdArguments, hookIdArgument } from './hooks-arguments.ts';
import { tellOutcome } from './hooks-outcome.ts';
import type { Watched } from './hooks-settled.ts';
import { pagesOf } from './hooks-walk.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import { deliverySchema, storedColumns } from './shown-delivery.ts';
import type { Surroundings } from './surroundings.ts';

const hookExample = 'hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
const storedOptions = listOptionsSchema.extend({
  hook: z.string().optional(),
  target: z.string().optional(),
});

/** `hooks stored`: what waits for a batch. */
export function addStored(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    group
      .command('stored')
      .description('events that wait for a batch')
      .option('--hook <hook>', 'only of this endpoint', hookIdArgument)
      .option('--target <url>', 'only for this URL'),
  ).action(async () => {
    const { output, connect } = workOf(command, surroundings);
    const { hook, target, ...options } = optionsOf(command, storedOptions);
    await showList(await connect(), output, {
      path: '/v1/hooks/stored',
      query: { hook, target },
      options,
      item: deliverySchema,
      columns: storedColumns,
      none: 'Nothing waits for a batch.',
    });
  });
  withExamples(command, 'hooks stored', `hooks stored --hook ${hookExample} --all`);
}

/** Ids that the API takes in one call. */
const idsPerCall = 1_000;
const acceptedSchema = z.looseObject({ accepted: z.number() });

const deliverOptions = z.object({ hook: z.string().optional(), wait: z.boolean() });

/** `hooks deliver-stored`: out of their batch, each by itself, now. */
export function addDeliverStored(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('deliver-stored')
    .description('post events that wait for a batch each by itself, now')
    .argument('[delivery...]', 'these, by the ids of "hooks stored"', deliveryIdArguments)
    .option('--hook <hook>', 'all that wait for this endpoint', hookIdArgument)
    .option('--no-wait', 'do not wait for what comes of it')
    .action(async (ids: string[]) => {
      const { output, connect } = workOf(command, surroundings);
      const { hook, wait } = optionsOf(command, deliverOptions);
      if ((hook === undefined) === (ids.length === 0)) {
        throw usageFailure('Name either deliveries, or an endpoint with --hook.');
      }
      const api = await connect();
      const watched = wait ? await toWatch(api, ids, hook) : [];
      const accepted =
        hook === undefined ? await deliverThese(api, ids) : await deliver(api, { hook });
      const look = `npx sequitur hooks deliver${hook === undefined ? 'y <id>' : `ies ${hook}`}`;
      await tellOutcome({ api, output, surroundings }, { accepted, watched, look }, wait);
    });
  withExamples(
    command,
    `hooks deliver-stored --hook ${hookExample}`,
    'hooks deliver-stored del_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
  );
}

/** What waits for a batch now, of these or of the endpoint. */
async function toWatch(
  api: Api,
  ids: readonly string[],
  hook: string | undefined,
): Promise<Watched[]> {
  const wanted = new Set(ids);
  const watched: Watched[] = [];
  const list = { path: '/v1/hooks/stored', query: { hook } };
  for await (const page of pagesOf(api, list, deliverySchema)) {
    for (const { id, status, tries } of page) {
      if (wanted.size === 0 || wanted.has(id)) watched.push({ id, status, tries });
    }
    // All that were named are found: there may be very many more.
    if (wanted.size > 0 && watched.length >= wanted.size) break;
  }
  return watched;
}

async function deliverThese(api: Api, ids: readonly string[]): Promise<number> {
  let accepted = 0;
  for (let start = 0; start < ids.length; start += idsPerCall) {
    // oxlint-disable-next-line no-await-in-loop -- one call after the other is quick enough
    accepted += await deliver(api, { ids: ids.slice(start, start + idsPerCall) });
  }
  return accepted;
}

async function deliver(api: Api, body: object): Promise<number> {
  const request = { method: 'POST', path: '/v1/hooks/stored/deliver', body } as const;
  return (await api(request, acceptedSchema)).accepted;
}
