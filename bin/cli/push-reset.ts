import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { usageFailure } from './failure.ts';
import { failedStatusArgument, rowIdArgument, ruleArgument } from './push-arguments.ts';
import { resumed } from './push-rounds.ts';
import { rowColumns, rowSchema } from './shown-row.ts';
import type { Surroundings } from './surroundings.ts';

const resetOptions = z.object({ status: z.string().optional(), rule: z.string().optional() });
const roundSchema = z.looseObject({ accepted: z.number(), nextCursor: z.string().optional() });

/** `push reset`: what failed is pushed again, by the next run. */
export function addReset(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('reset')
    .description('have what failed pushed again by the next run: one row, or all of a status')
    .argument('[id]', 'the id of a row', rowIdArgument)
    .option(
      '--status <status>',
      'every row that failed so, or failed for all',
      failedStatusArgument,
    )
    .option('--rule <rule>', 'with --status: only rows of this rule', ruleArgument)
    .action(async (id: string | undefined) => {
      const { output, connect } = workOf(command, surroundings);
      const { status, rule } = optionsOf(command, resetOptions);
      if (id === undefined ? status === undefined : (status ?? rule) !== undefined) {
        throw usageFailure('Which ones? Name one row, or --status with or without --rule.');
      }
      const api = await connect();
      if (id !== undefined) {
        const path = apiPath`/v1/push/items/${id}/reset`;
        const row = await api({ method: 'POST', path }, rowSchema);
        if (output.json) output.document(row);
        else output.rows(rowColumns, [row]);
        return;
      }
      let accepted = 0;
      const first = {
        method: 'POST',
        path: '/v1/push/items/reset',
        body: { status, rule },
      } as const;
      for await (const round of resumed(api, first, roundSchema)) accepted += round.accepted;
      if (output.json) output.document({ accepted });
      else output.message(`Reset: ${String(accepted)}`);
    });
  withExamples(
    command,
    'push reset push_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
    'push reset --status SEND_ERROR --rule partner-stories',
    'push reset --status failed',
  );
}
