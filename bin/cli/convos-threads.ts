import { Option, type Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { threadIdArgument } from './convos-arguments.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import { listedMessageColumns, listedMessageSchema } from './shown-message.ts';
import { threadColumns, threadSchema } from './shown-thread.ts';
import type { Surroundings } from './surroundings.ts';

const example = 'thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';

const folderOptions = z.object({ folder: z.string().optional() });
const threadsOptions = listOptionsSchema.extend(folderOptions.shape);

/** `convos threads`: the caller's mailbox. */
export function addThreads(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    group
      .command('threads')
      .description('your threads, those with the newest last message first')
      .addOption(folderOption()),
  ).action(async () => {
    const { output, connect } = workOf(command, surroundings);
    const { folder, ...options } = optionsOf(command, threadsOptions);
    await showList(await connect(), output, {
      path: '/v1/threads',
      query: { folder },
      options,
      item: threadSchema,
      columns: threadColumns,
      none: folder === undefined ? 'You have no threads.' : `There is no thread in your ${folder}.`,
    });
  });
  withExamples(command, 'convos threads', 'convos threads --folder inbox --limit 50');
}

const wholeThreadSchema = threadSchema.extend({ messages: z.array(listedMessageSchema) });

/** `convos thread`: one thread and the newest of what was written in it. */
export function addThread(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('thread')
    .description('a thread and its newest messages, up to 20')
    .argument('<thread>', "the thread's id", threadIdArgument)
    .addOption(folderOption())
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const { folder } = optionsOf(command, folderOptions);
      const api = await connect();
      const thread = await api(
        { method: 'GET', path: apiPath`/v1/threads/${id}`, query: { folder } },
        wholeThreadSchema,
      );
      if (output.json) {
        output.document(thread);
        return;
      }
      output.rows(threadColumns, [thread]);
      output.rows(listedMessageColumns, thread.messages);
      const more = thread.messageCount - thread.messages.length;
      if (more > 0) {
        output.message(
          `There are more messages: ${String(more)}. All: npx sequitur convos messages ${id} --all`,
        );
      }
    });
  withExamples(command, `convos thread ${example}`, `convos thread ${example} --folder inbox`);
}

/** `convos mark-thread-read`: every message at once. */
export function addMarkThreadRead(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('mark-thread-read')
    .description('mark every message of a thread as read, for yourself alone')
    .argument('<thread>', "the thread's id", threadIdArgument)
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const thread = await api(
        { method: 'POST', path: apiPath`/v1/threads/${id}/read` },
        threadSchema,
      );
      if (output.json) output.document(thread);
      else output.rows(threadColumns, [thread]);
    });
  withExamples(command, `convos mark-thread-read ${example}`);
}

/** `convos delete-thread`: out of the caller's own mailbox only, so it does not ask. */
export function addDeleteThread(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('delete-thread')
    .description('delete a thread for yourself; a later reply brings it back with that reply alone')
    .argument('<thread>', "the thread's id", threadIdArgument)
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      await api({ method: 'DELETE', path: apiPath`/v1/threads/${id}` }, z.undefined());
      if (output.json) output.document({ id, deleted: true });
      else output.message(`Deleted for you: ${id}`);
    });
  withExamples(command, `convos delete-thread ${example}`);
}

function folderOption(): Option {
  return new Option(
    '--folder <folder>',
    'with a message received, or with one sent (default: all)',
  ).choices(['inbox', 'outbox']);
}
