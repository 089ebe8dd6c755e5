import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { resourceRef } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { listOptionsSchema, orderOption, showList, withListOptions } from './list.ts';
import type { Column } from './output.ts';
import { addPost } from './post-action.ts';
import type { Surroundings } from './surroundings.ts';
import { actionColumns, actionSchema, type ShownAction } from './shown-action.ts';

const filterOptions = listOptionsSchema.extend({
  verb: z.string().optional(),
  target: z.string().optional(),
  order: z.string().optional(),
});

const readColumn: Column<ShownAction> = {
  heading: 'READ',
  cell: ({ read }) => (read === undefined ? '' : read ? 'yes' : 'no'),
};

/** `timelines`: what resources did, and who sees it. */
export function addTimelines(program: Command, surroundings: Surroundings): void {
  const group = program.command('timelines').description('what resources did, and who sees it');
  addTimeline(group, surroundings, 'private', 'what a resource and those whom it follows did', [
    readColumn,
    ...actionColumns,
  ]);
  addTimeline(group, surroundings, 'public', 'what a resource itself did', actionColumns);
  addPost(group, surroundings);
}

function addTimeline(
  group: Command,
  surroundings: Surroundings,
  timeline: 'private' | 'public',
  description: string,
  columns: readonly Column<ShownAction>[],
): void {
  const command = withListOptions(
    group
      .command(timeline)
      .description(description)
      .argument('<ref>', 'whose timeline, type:id', resourceRef)
      .option('--verb <verb>', 'only actions with this verb')
      .option('--target <target>', 'only actions on this resource, or on resources of this type')
      .addOption(orderOption()),
  ).action(async (ref: string) => {
    const { output, connect } = workOf(command, surroundings);
    const { verb, target, order, ...options } = optionsOf(command, filterOptions);
    await showList(await connect(), output, {
      path: `${apiPath`/v1/resources/${ref}`}/timelines/${timeline}`,
      query: { verb, target, order },
      options,
      item: actionSchema,
      columns,
      none: `The ${timeline} timeline of ${ref} has no such action.`,
    });
  });
  withExamples(
    command,
    `timelines ${timeline} user:thoas`,
    `timelines ${timeline} user:thoas --verb like --target article --limit 50`,
    `timelines ${timeline} user:thoas --all --json`,
  );
}
