import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath, type Api } from './api.ts';
import { resourceRef } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { confirm } from './confirm.ts';
import type { Column, Output } from './output.ts';
import type { Surroundings } from './surroundings.ts';
import { waitFor } from './wait.ts';

const startedSchema = z.looseObject({ state: z.string() });

const erasureSchema = z.looseObject({
  state: z.enum(['running', 'done']),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  removed: z.looseObject({ edges: z.number(), actions: z.number(), messages: z.number() }),
});

type Erasure = z.infer<typeof erasureSchema>;

const erasureColumns: Column<Erasure>[] = [
  { heading: 'STATE', cell: ({ state }) => state },
  { heading: 'EDGES', cell: ({ removed }) => String(removed.edges) },
  { heading: 'ACTIONS', cell: ({ removed }) => String(removed.actions) },
  { heading: 'MESSAGES', cell: ({ removed }) => String(removed.messages) },
  { heading: 'STARTED', cell: ({ startedAt }) => startedAt },
  { heading: 'FINISHED', cell: ({ finishedAt }) => finishedAt ?? '' },
];

/** `resources`: what concerns a resource in every domain. */
export function addResources(program: Command, surroundings: Surroundings): void {
  const group = program.command('resources').description('a resource as a whole');
  addErase(group, surroundings);
  addErasure(group, surroundings);
}

const eraseOptions = z.object({ yes: z.boolean().default(false), wait: z.boolean() });

function addErase(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('erase')
    .description('erase what a resource has and left; it cannot be undone')
    .argument('<ref>', 'a resource, type:id', resourceRef)
    .option('--yes', 'do not ask (needed where there is no terminal)')
    .option('--no-wait', 'do not wait for the end')
    .action(async (ref: string) => {
      const { output, connect } = workOf(command, surroundings);
      const { yes, wait } = optionsOf(command, eraseOptions);
      if (!yes) {
        await confirm(
          surroundings,
          `This erases ${ref}: whom it follows and who follows it, its timeline, its actions in ` +
            'the timelines of others, its mailbox. It cannot be undone.',
        );
      }
      const api = await connect();
      const started = await api(
        { method: 'DELETE', path: apiPath`/v1/resources/${ref}` },
        startedSchema,
      );
      if (wait) showErasure(output, await erased(api, ref, surroundings));
      else if (output.json) output.document(started);
      else output.rows([{ heading: 'STATE', cell: ({ state }) => state }], [started]);
    });
  withExamples(
    command,
    'resources erase user:thoas',
    'resources erase user:thoas --yes --no-wait --json',
  );
}

function addErasure(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('erasure')
    .description('how far the erasure of a resource is')
    .argument('<ref>', 'a resource, type:id', resourceRef)
    .action(async (ref: string) => {
      const { output, connect } = workOf(command, surroundings);
      showErasure(output, await look(await connect(), ref));
    });
  withExamples(command, 'resources erasure user:thoas');
}

function erased(api: Api, ref: string, surroundings: Surroundings): Promise<Erasure> {
  return waitFor(surroundings, {
    look: () => look(api, ref),
    finished: ({ state }) => state === 'done',
    progress: ({ removed: { edges, actions, messages } }) =>
      `Erasing ${ref}: ${String(edges)} edges, ${String(actions)} actions, ` +
      `${String(messages)} messages removed`,
    goesOn: `The erasure goes on; see how far it is: npx sequitur resources erasure ${ref}`,
  });
}

function look(api: Api, ref: string): Promise<Erasure> {
  return api({ method: 'GET', path: apiPath`/v1/resources/${ref}/erasure` }, erasureSchema);
}

function showErasure(output: Output, erasure: Erasure): void {
  if (output.json) output.document(erasure);
  else output.rows(erasureColumns, [erasure]);
}
