import type { Command } from 'commander';
import * as z from 'zod';
import { idempotencyKeyOption, resourceRef } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { givenJson } from './given-json.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import type { Column } from './output.ts';
import type { Surroundings } from './surroundings.ts';

/** `events`: what endpoints can subscribe to, and events of one's own. */
export function addEvents(program: Command, surroundings: Surroundings): void {
  const group = program
    .command('events')
    .description('what webhooks are told of, and events of your own');
  addTypes(group, surroundings);
  addSend(group, surroundings);
}

const typeSchema = z.looseObject({ type: z.string(), description: z.string() });
const typeColumns: readonly Column<z.infer<typeof typeSchema>>[] = [
  { heading: 'TYPE', cell: ({ type }) => type },
  { heading: 'DESCRIPTION', cell: ({ description }) => description },
];

function addTypes(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    group
      .command('types')
      .description(
        'all types of events, unless a page is asked for; with --json schemas and examples too',
      ),
  ).action(async () => {
    const { output, connect } = workOf(command, surroundings);
    const options = optionsOf(command, listOptionsSchema);
    const isOnePage = options.limit !== undefined || options.cursor !== undefined;
    await showList(await connect(), output, {
      path: '/v1/event-types',
      query: {},
      options: isOnePage ? options : { ...options, all: true },
      item: typeSchema,
      columns: typeColumns,
      none: 'There are no types of events.',
    });
  });
  withExamples(command, 'events types', 'events types --json');
}

const sendOptions = z.object({
  data: z.string(),
  audience: z.array(z.string()).optional(),
  id: z.string().optional(),
  idempotencyKey: z.string().optional(),
});

const sentColumns = [{ heading: 'EVENT', cell: ({ id }: { id: string }) => id }];

function addSend(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('send')
    .description('tell that something happened in a system of yours')
    .argument('<type>', 'a type that your configuration declares')
    .requiredOption('--data <json>', 'its data: JSON, @file, or - for standard input')
    .option(
      '--audience <ref...>',
      'whose endpoints get it, type:id (default: only those of the whole installation)',
      resourceRefs,
    )
    .option('--id <id>', 'your own id of it: sent twice, it is delivered once')
    .addOption(idempotencyKeyOption('the same key sends the same event once within 24 hours'))
    .action(async (type: string) => {
      const { output, connect } = workOf(command, surroundings);
      const { data: given, audience, id, idempotencyKey } = optionsOf(command, sendOptions);
      const data = await givenJson(
        given,
        { option: '--data', example: '{"number": 7}' },
        surroundings,
      );
      const api = await connect();
      const sent = await api(
        {
          method: 'POST',
          path: '/v1/events',
          body: { type, data, audience, id },
          headers: idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey },
        },
        z.looseObject({ id: z.string() }),
      );
      if (output.json) output.document(sent);
      else output.rows(sentColumns, [sent]);
    });
  withExamples(
    command,
    `events send order.paid --data '{"number": 7}' --audience user:thoas`,
    'events send order.paid --data @order.json --id order-7',
  );
}

function resourceRefs(text: string, before: readonly string[] = []): string[] {
  return [...before, resourceRef(text)];
}
