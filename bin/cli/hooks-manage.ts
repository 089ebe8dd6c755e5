import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { idempotencyKeyOption, resourceRef } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { hookIdArgument } from './hooks-arguments.ts';
import { resetsOf, resetsSchema, withResets } from './hooks-resets.ts';
import { bodyOf, eventTypes, settingsSchema, withSettings } from './hooks-settings.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import { hookColumns, hookSchema, lineColumns, linesOf } from './shown-hook.ts';
import type { Surroundings } from './surroundings.ts';

const example = 'hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';

/** `hooks list`: the caller's endpoints, for an operator all. */
export function addList(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    group.command('list').description('endpoints that events are posted to, newest first'),
  ).action(async () => {
    const { output, connect } = workOf(command, surroundings);
    await showList(await connect(), output, {
      path: '/v1/hooks',
      query: {},
      options: optionsOf(command, listOptionsSchema),
      item: hookSchema,
      columns: hookColumns,
      none: 'There are no endpoints.',
    });
  });
  withExamples(command, 'hooks list', 'hooks list --all --json');
}

/** `hooks show`: one endpoint. */
export function addShow(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('show')
    .description('an endpoint with all of its settings')
    .argument('<hook>', "the endpoint's id", hookIdArgument)
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const hook = await api({ method: 'GET', path: apiPath`/v1/hooks/${id}` }, hookSchema);
      if (output.json) output.document(hook);
      else output.rows(lineColumns, linesOf(hook));
    });
  withExamples(command, `hooks show ${example}`, `hooks show ${example} --json`);
}

const createOptions = settingsSchema.extend({
  event: z.array(z.string()),
  owner: z.string().optional(),
  idempotencyKey: z.string().optional(),
});

/** `hooks create`: its secret is shown this once. */
export function addCreate(group: Command, surroundings: Surroundings): void {
  const command = withSettings(
    group
      .command('create')
      .description('have events posted to a server of yours')
      .argument('<target>', 'the URL to post to')
      .requiredOption(
        '--event <type>',
        'an event type, prefix.* or * (several: repeat it, or with commas)',
        eventTypes,
      ),
  )
    .option(
      '--owner <ref>',
      'whose events, type:id (default: an operator’s endpoint gets those of all)',
      resourceRef,
    )
    .addOption(idempotencyKeyOption('the same key makes the same endpoint once within 24 hours'))
    .action(async (target: string) => {
      const { output, connect } = workOf(command, surroundings);
      const { owner, idempotencyKey, ...settings } = optionsOf(command, createOptions);
      const body = { target, owner, ...bodyOf(settings) };
      const api = await connect();
      const hook = await api(
        {
          method: 'POST',
          path: '/v1/hooks',
          body,
          headers: idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey },
        },
        hookSchema.extend({ secret: z.string() }),
      );
      if (output.json) {
        output.document(hook);
        return;
      }
      output.rows([...hookColumns, { heading: 'SECRET', cell: ({ secret }) => secret }], [hook]);
      output.message(
        'Keep the secret: it is not shown again. Your server checks signatures by it.',
      );
    });
  withExamples(
    command,
    "hooks create https://example.org/webhooks --event 'follow.*' --event message.sent",
    "hooks create https://example.org/batches --event '*' --batch-size 100 --batch-time 60",
    'hooks create https://example.org/webhooks --event message.sent --owner user:thoas',
  );
}

/** `hooks update`: what is not named stays. */
export function addUpdate(group: Command, surroundings: Surroundings): void {
  const command = withResets(
    withSettings(
      group
        .command('update')
        .description('change an endpoint; what is not named stays as it is')
        .argument('<hook>', "the endpoint's id", hookIdArgument)
        .option('--target <url>', 'the URL to post to')
        .option('--event <type>', 'these event types instead of those before', eventTypes),
    ),
  ).action(async (id: string) => {
    const { target, description, ...settings } = optionsOf(command, updateOptions);
    const set = bodyOf({
      ...settings,
      description: description === false ? undefined : description,
    });
    const body = { target, ...set, ...resetsOf({ ...settings, description }) };
    await change(command, surroundings, id, body);
  });
  withExamples(
    command,
    `hooks update ${example} --target https://example.org/new`,
    `hooks update ${example} --retries 3 --retry-interval 60 --per-second 10`,
    `hooks update ${example} --default-retries --no-rate-limit`,
  );
}

const updateOptions = settingsSchema.extend({ ...resetsSchema, target: z.string().optional() });

/** `hooks enable` and `hooks disable`. */
export function addSwitch(
  group: Command,
  surroundings: Surroundings,
  { name, enabled, description }: { name: string; enabled: boolean; description: string },
): void {
  const command = group
    .command(name)
    .description(description)
    .argument('<hook>', "the endpoint's id", hookIdArgument)
    .action((id: string) => change(command, surroundings, id, { enabled }));
  withExamples(command, `hooks ${name} ${example}`);
}

async function change(command: Command, surroundings: Surroundings, id: string, body: object) {
  const { output, connect } = workOf(command, surroundings);
  const api = await connect();
  const hook = await api({ method: 'PATCH', path: apiPath`/v1/hooks/${id}`, body }, hookSchema);
  if (output.json) output.document(hook);
  else output.rows(hookColumns, [hook]);
}
