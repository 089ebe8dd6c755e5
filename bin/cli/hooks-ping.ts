import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath, type Api } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { exitCodes, Failure } from './failure.ts';
import { hookIdArgument } from './hooks-arguments.ts';
import { settled } from './hooks-settled.ts';
import { pagesOf } from './hooks-walk.ts';
import { deliverySchema, outcomeOf, type ShownDelivery } from './shown-delivery.ts';
import type { Surroundings } from './surroundings.ts';

/** `hooks ping`: tries an endpoint out, and tells what its server answered. */
export function addPing(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('ping')
    .description('post a ping event to an endpoint, to try it out')
    .argument('<hook>', "the endpoint's id", hookIdArgument)
    .option('--no-wait', 'do not wait for what comes of it')
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const { wait } = optionsOf(command, z.object({ wait: z.boolean() }));
      const look = `npx sequitur hooks deliveries ${id}`;
      const api = await connect();
      const pinged = await api(
        { method: 'POST', path: apiPath`/v1/hooks/${id}/ping` },
        z.looseObject({ id: z.string() }),
      );
      if (!wait) {
        if (output.json) output.document(pinged);
        else {
          output.rows([{ heading: 'EVENT', cell: (event: { id: string }) => event.id }], [pinged]);
          output.message(`On its way. What came of it: ${look}`);
        }
        return;
      }
      const before = await deliveryOf(api, id, pinged.id);
      const { delivered } = await settled(
        api,
        surroundings,
        [{ id: before.id, status: 'pending', tries: 0 }],
        { doing: 'Posting', failed: 'failed', goesOn: `The post goes on; see ${look}` },
      );
      const delivery = await api(
        { method: 'GET', path: apiPath`/v1/deliveries/${before.id}` },
        deliverySchema,
      );
      if (output.json) output.document({ ...pinged, delivery });
      else output.rows(pingColumns, [delivery]);
      if (delivered === 0) {
        throw new Failure(
          exitCodes.workFailed,
          `The ping was not delivered; it may be tried again: ${look}`,
        );
      }
    });
  withExamples(command, `hooks ping ${example}`, `hooks ping ${example} --no-wait`);
}

const example = 'hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';

const pingColumns = [
  { heading: 'EVENT', cell: ({ event }: ShownDelivery) => event.id },
  { heading: 'DELIVERY', cell: ({ id }: ShownDelivery) => id },
  { heading: 'STATUS', cell: ({ status }: ShownDelivery) => status },
  {
    heading: 'OUTCOME',
    cell: ({ attempts }: ShownDelivery) => outcomeOf(attempts.at(-1)),
  },
];

/** It is on record since before the API answered, and among the newest. */
async function deliveryOf(api: Api, hook: string, event: string): Promise<ShownDelivery> {
  const list = { path: apiPath`/v1/hooks/${hook}/deliveries` };
  for await (const page of pagesOf(api, list, deliverySchema)) {
    const found = page.find((delivery) => delivery.event.id === event);
    if (found !== undefined) return found;
  }
  throw new Failure(exitCodes.workFailed, 'The endpoint and its ping are gone.');
}
