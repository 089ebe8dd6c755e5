import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { messageIdArgument, threadIdArgument } from './convos-arguments.ts';
import { listOptionsSchema, orderOption, showList, withListOptions } from './list.ts';
import {
  listedMessageColumns,
  listedMessageSchema,
  messageColumns,
  messageSchema,
  wholeMessageColumns,
  wholeMessageSchema,
} from './shown-message.ts';
import type { Surroundings } from './surroundings.ts';

const example = 'msg_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';

const messagesOptions = listOptionsSchema.extend({
  order: z.string().optional(),
  full: z.boolean().default(false),
});

/** `convos messages`: what was written in a thread. */
export function addMessages(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    group
      .command('messages')
      .description('the messages of a thread')
      .argument('<thread>', "the thread's id", threadIdArgument)
      .option('--full', 'whole texts, not only their beginnings')
      .addOption(orderOption()),
  ).action(async (thread: string) => {
    const { output, connect } = workOf(command, surroundings);
    const { order, full, ...options } = optionsOf(command, messagesOptions);
    const list = {
      path: apiPath`/v1/threads/${thread}/messages`,
      options,
      none: 'The thread has no message for you.',
    };
    const api = await connect();
    if (full) {
      await showList(api, output, {
        ...list,
        query: { order, body: 'full' },
        item: wholeMessageSchema,
        columns: messageColumns,
        text: ({ body }) => body,
      });
    } else {
      await showList(api, output, {
        ...list,
        query: { order },
        item: listedMessageSchema,
        columns: listedMessageColumns,
      });
    }
  });
  withExamples(
    command,
    'convos messages thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
    'convos messages thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6 --order asc --full --all',
  );
}

/** `convos message`: one message whole. */
export function addMessage(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('message')
    .description('a message with its whole text; it stays unread')
    .argument('<message>', "the message's id", messageIdArgument)
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const message = await api(
        { method: 'GET', path: apiPath`/v1/messages/${id}` },
        messageSchema,
      );
      if (output.json) output.document(message);
      else output.entries(wholeMessageColumns, [message], ({ body }) => body);
    });
  withExamples(command, `convos message ${example}`, `convos message ${example} --json`);
}

/** `convos mark-read` and `convos mark-unread`. */
export function addMark(group: Command, surroundings: Surroundings, mark: 'read' | 'unread'): void {
  const command = group
    .command(`mark-${mark}`)
    .description(`mark a message as ${mark}, for yourself alone`)
    .argument('<message>', "the message's id", messageIdArgument)
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const message = await api(
        { method: 'POST', path: `${apiPath`/v1/messages/${id}`}/${mark}` },
        messageSchema,
      );
      if (output.json) output.document(message);
      else output.rows(wholeMessageColumns, [message]);
    });
  withExamples(command, `convos mark-${mark} ${example}`);
}

/** `convos delete-message`: out of the caller's own mailbox only, so it does not ask. */
export function addDeleteMessage(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('delete-message')
    .description('delete a message for yourself; the other participant keeps it')
    .argument('<message>', "the message's id", messageIdArgument)
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      await api({ method: 'DELETE', path: apiPath`/v1/messages/${id}` }, z.undefined());
      if (output.json) output.document({ id, deleted: true });
      else output.message(`Deleted for you: ${id}`);
    });
  withExamples(command, `convos delete-message ${example}`);
}
