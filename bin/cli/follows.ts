import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { resourceRef } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { listOptionsSchema, orderOption, showList, withListOptions } from './list.ts';
import type { Column } from './output.ts';
import type { Surroundings } from './surroundings.ts';

const perType = z.record(z.string(), z.number());
const countsSchema = z.looseObject({
  followers: z.number(),
  followings: z.number(),
  friends: z.number(),
  followersByType: perType,
  followingsByType: perType,
  friendsByType: perType,
});

const relationSchema = z.looseObject({ ref: z.string(), since: z.string() });
const relationColumns: Column<z.infer<typeof relationSchema>>[] = [
  { heading: 'REF', cell: ({ ref }) => ref },
  { heading: 'SINCE', cell: ({ since }) => since },
];
const relationOptions = listOptionsSchema.extend({
  type: z.string().optional(),
  order: z.string().optional(),
});

/** `follows`: who follows whom. */
export function addFollows(program: Command, surroundings: Surroundings): void {
  const group = program.command('follows').description('who follows whom');
  addCounts(group, surroundings);
  addRelation(group, surroundings, 'followers', 'who follows a resource');
  addRelation(group, surroundings, 'followings', 'whom a resource follows');
  addRelation(group, surroundings, 'friends', 'who follow each other with a resource');
}

function addCounts(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('counts')
    .description('numbers of followers, followings and friends, in all and by type')
    .argument('<ref>', 'a resource, type:id', resourceRef)
    .action(async (ref: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const counts = await api(
        { method: 'GET', path: apiPath`/v1/resources/${ref}/counts` },
        countsSchema,
      );
      if (output.json) output.document(counts);
      else output.rows(countColumns, countRows(counts));
    });
  withExamples(command, 'follows counts user:thoas', 'follows counts project:7 --json');
}

interface CountRow {
  readonly relation: string;
  readonly type: string;
  readonly count: number;
}

const countColumns: Column<CountRow>[] = [
  { heading: 'RELATION', cell: ({ relation }) => relation },
  { heading: 'TYPE', cell: ({ type }) => type },
  { heading: 'COUNT', cell: ({ count }) => String(count) },
];

function countRows(counts: z.infer<typeof countsSchema>): CountRow[] {
  return (['followers', 'followings', 'friends'] as const).flatMap((relation) => [
    { relation, type: 'all', count: counts[relation] },
    ...Object.entries(counts[`${relation}ByType`]).map(([type, count]) => ({
      relation,
      type,
      count,
    })),
  ]);
}

function addRelation(
  group: Command,
  surroundings: Surroundings,
  relation: 'followers' | 'followings' | 'friends',
  description: string,
): void {
  const command = withListOptions(
    group
      .command(relation)
      .description(description)
      .argument('<ref>', 'a resource, type:id', resourceRef)
      .option('--type <type>', 'only resources of this type')
      .addOption(orderOption()),
  ).action(async (ref: string) => {
    const { output, connect } = workOf(command, surroundings);
    const { type, order, ...options } = optionsOf(command, relationOptions);
    await showList(await connect(), output, {
      path: `${apiPath`/v1/resources/${ref}`}/${relation}`,
      query: { type, order },
      options,
      item: relationSchema,
      columns: relationColumns,
      none: `${ref} has no such ${relation}.`,
    });
  });
  withExamples(
    command,
    `follows ${relation} user:thoas`,
    `follows ${relation} user:thoas --type user --order asc --all`,
  );
}
