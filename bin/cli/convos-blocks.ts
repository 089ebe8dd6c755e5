import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { resourceRef } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import type { Column } from './output.ts';
import type { Surroundings } from './surroundings.ts';

const blockSchema = z.looseObject({ ref: z.string(), since: z.string() });
const blockColumns: readonly Column<z.infer<typeof blockSchema>>[] = [
  { heading: 'REF', cell: ({ ref }) => ref },
  { heading: 'SINCE', cell: ({ since }) => since },
];

/** `convos blocks`: whom the caller blocks. */
export function addBlocks(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    group.command('blocks').description('whom you block, newest first'),
  ).action(async () => {
    const { output, connect } = workOf(command, surroundings);
    await showList(await connect(), output, {
      path: '/v1/convos/blocks',
      query: {},
      options: optionsOf(command, listOptionsSchema),
      item: blockSchema,
      columns: blockColumns,
      none: 'You block nobody.',
    });
  });
  withExamples(command, 'convos blocks', 'convos blocks --all --json');
}

/** `convos block` and `convos blocked`: make a block, or look for one. */
export function addBlock(
  group: Command,
  surroundings: Surroundings,
  { name, method, description }: { name: string; method: 'PUT' | 'GET'; description: string },
): void {
  const command = group
    .command(name)
    .description(description)
    .argument('<ref>', 'a user, type:id', resourceRef)
    .action(async (ref: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const block = await api({ method, path: apiPath`/v1/convos/blocks/${ref}` }, blockSchema);
      if (output.json) output.document(block);
      else output.rows(blockColumns, [block]);
    });
  withExamples(command, `convos ${name} user:flo`);
}

/** `convos unblock`: it succeeds where there was no block, too. */
export function addUnblock(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('unblock')
    .description('lift your block of a user')
    .argument('<ref>', 'a user, type:id', resourceRef)
    .action(async (ref: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      await api({ method: 'DELETE', path: apiPath`/v1/convos/blocks/${ref}` }, z.undefined());
      if (output.json) output.document({ ref, blocked: false });
      else output.message(`Not blocked by you any more: ${ref}`);
    });
  withExamples(command, 'convos unblock user:flo');
}
