import { Option, type Command } from 'commander';
import * as z from 'zod';
import { deliveryStatuses } from '../../lambdas/webhooks/delivery.ts';
import { apiPath } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { deliveryIdArgument, hookIdArgument } from './hooks-arguments.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import { attemptColumns, deliveryColumns, deliverySchema } from './shown-delivery.ts';
import type { Surroundings } from './surroundings.ts';

const deliveriesOptions = listOptionsSchema.extend({ status: z.string().optional() });

/** `hooks deliveries`: what was posted to an endpoint, and what came back. */
export function addDeliveries(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    group
      .command('deliveries')
      .description('deliveries of an endpoint, newest events first')
      .argument('<hook>', "the endpoint's id", hookIdArgument)
      .addOption(
        new Option('--status <status>', 'only these (default: all)').choices([...deliveryStatuses]),
      ),
  ).action(async (hook: string) => {
    const { output, connect } = workOf(command, surroundings);
    const { status, ...options } = optionsOf(command, deliveriesOptions);
    await showList(await connect(), output, {
      path: apiPath`/v1/hooks/${hook}/deliveries`,
      query: { status },
      options,
      item: deliverySchema,
      columns: deliveryColumns,
      none: status === undefined ? 'Nothing was posted yet.' : `No delivery is ${status}.`,
    });
  });
  withExamples(
    command,
    'hooks deliveries hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
    'hooks deliveries hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6 --status pending --all',
  );
}

/** `hooks delivery`: one delivery with every attempt; its payload and answers with `--json`. */
export function addDelivery(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('delivery')
    .description('a delivery and its attempts; with --json also payload and answers')
    .argument('<delivery>', "the delivery's id", deliveryIdArgument)
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const delivery = await api(
        { method: 'GET', path: apiPath`/v1/deliveries/${id}` },
        deliverySchema,
      );
      if (output.json) {
        output.document(delivery);
        return;
      }
      output.rows(deliveryColumns, [delivery]);
      if (delivery.attempts.length > 0) output.rows(attemptColumns, delivery.attempts);
    });
  withExamples(
    command,
    'hooks delivery del_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
    'hooks delivery del_01KAJ0M9Y8N3V5T7W9X1Z2B4C6 --json',
  );
}
