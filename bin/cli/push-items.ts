import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { resourceRef } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import { rowIdArgument, ruleArgument, statusArgument } from './push-arguments.ts';
import { attemptColumns, messageColumn, rowColumns, rowSchema } from './shown-row.ts';
import type { Surroundings } from './surroundings.ts';

const itemsOptions = listOptionsSchema.extend({
  status: z.string().optional(),
  rule: z.string().optional(),
  target: z.string().optional(),
  content: z.string().optional(),
});

/** `push items`: the queue. */
export function addItems(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    group
      .command('items')
      .description('the queue: what is to be pushed, and what was, newest first')
      .option('--status <status>', 'a status by name or number, or failed for all', statusArgument)
      .option('--rule <rule>', 'only of this rule', ruleArgument)
      .option('--target <target>', 'only for this target')
      .option('--content <ref>', 'only of this content, type:id', resourceRef),
  ).action(async () => {
    const { output, connect } = workOf(command, surroundings);
    const { status, rule, target, content, ...options } = optionsOf(command, itemsOptions);
    await showList(await connect(), output, {
      path: '/v1/push/items',
      query: { status, rule, target, content },
      options,
      item: rowSchema,
      columns: [...rowColumns, messageColumn],
      none: 'The queue has no such row.',
    });
  });
  withExamples(
    command,
    'push items',
    'push items --status failed --rule partner-stories --all',
    'push items --content story:7 --json',
  );
}

/** `push item`: one row with every try. */
export function addItem(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('item')
    .description('a row of the queue, with what became of each file')
    .argument('<id>', 'the id of the row', rowIdArgument)
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const row = await api({ method: 'GET', path: apiPath`/v1/push/items/${id}` }, rowSchema);
      if (output.json) {
        output.document(row);
        return;
      }
      output.entries(rowColumns, [row], ({ message }) => message);
      if (row.attempts.length > 0) output.rows(attemptColumns, row.attempts);
    });
  withExamples(command, `push item ${example}`, `push item ${example} --json`);
}

const example = 'push_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
