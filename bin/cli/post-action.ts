import { Option, type Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { idempotencyKeyOption, jsonObject, resourceRef } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { actionColumns, actionSchema } from './shown-action.ts';
import type { Surroundings } from './surroundings.ts';

const postOptions = z.object({
  data: z.record(z.string(), z.unknown()).optional(),
  at: z.string().optional(),
  audience: z.string().optional(),
  idempotencyKey: z.string().optional(),
});

/** `timelines post`: puts an action into timelines, as its actor would. */
export function addPost(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('post')
    .description("post an action of a resource: into its own timelines and its followers'")
    .argument('<actor>', 'who acts, type:id', resourceRef)
    .argument('<verb>', "what it does, one of the verbs of the actor's type")
    .argument('[target]', 'on what, type:id, where the verb takes a target', resourceRef)
    .option('--data <json>', 'a JSON object to go with it, up to 4 KiB', jsonObject)
    .option('--at <time>', 'when it happened, RFC 3339 (default: now)')
    .addOption(
      new Option('--audience <audience>', 'who gets it (default: followers)').choices([
        'followers',
        'self',
      ]),
    )
    .addOption(idempotencyKeyOption('the same key posts the same action once within 24 hours'))
    .action(async (actor: string, verb: string, target: string | undefined) => {
      const { output, connect } = workOf(command, surroundings);
      const { idempotencyKey, ...rest } = optionsOf(command, postOptions);
      const { data, at, audience } = rest;
      const api = await connect();
      const action = await api(
        {
          method: 'POST',
          path: apiPath`/v1/resources/${actor}/actions`,
          body: { verb, target, data, at, audience },
          headers: idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey },
        },
        actionSchema,
      );
      if (output.json) output.document(action);
      else output.rows(actionColumns, [action]);
    });
  withExamples(
    command,
    'timelines post user:thoas join',
    `timelines post user:thoas like article:42 --data '{"stars": 5}'`,
    'timelines post user:thoas publish article:42 --at 2026-11-21T10:30:00Z --audience self',
  );
}
