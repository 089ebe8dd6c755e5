import type { Command } from 'commander';
import * as z from 'zod';
import { withExamples, workOf } from './command.ts';
import { addBlock, addBlocks, addUnblock } from './convos-blocks.ts';
import { addDeleteMessage, addMark, addMessage, addMessages } from './convos-messages.ts';
import { addReply, addSend } from './convos-send.ts';
import { addDeleteThread, addMarkThreadRead, addThread, addThreads } from './convos-threads.ts';
import type { Column } from './output.ts';
import type { Surroundings } from './surroundings.ts';

const whose = `
Whose messages:
  those of the user whose token it is, SEQUITUR_TOKEN; on the local stack without
  one those of user:operator. Nobody gets at the messages of others, no admin either.`;

/** `convos`: the messages of whoever the token is for. */
export function addConvos(program: Command, surroundings: Surroundings): void {
  const group = program.command('convos').description('your messages with other users, in threads');
  addThreads(group, surroundings);
  addThread(group, surroundings);
  addMessages(group, surroundings);
  addMessage(group, surroundings);
  addSend(group, surroundings);
  addReply(group, surroundings);
  addMark(group, surroundings, 'read');
  addMark(group, surroundings, 'unread');
  addMarkThreadRead(group, surroundings);
  addDeleteMessage(group, surroundings);
  addDeleteThread(group, surroundings);
  addUnreadCount(group, surroundings);
  addBlocks(group, surroundings);
  addBlock(group, surroundings, {
    name: 'block',
    method: 'PUT',
    description: 'block a user: neither of you can write to the other',
  });
  addUnblock(group, surroundings);
  addBlock(group, surroundings, {
    name: 'blocked',
    method: 'GET',
    description: 'since when you block a user; ends with 1 when you do not',
  });
  group.addHelpText('after', whose);
  withExamples(
    group,
    "convos send user:flo --subject Lunch --body 'Are you free at noon?'",
    'convos threads --folder inbox',
  );
}

const unreadSchema = z.looseObject({ count: z.number(), threads: z.number() });
const unreadColumns: readonly Column<z.infer<typeof unreadSchema>>[] = [
  { heading: 'MESSAGES', cell: ({ count }) => String(count) },
  { heading: 'THREADS', cell: ({ threads }) => String(threads) },
];

function addUnreadCount(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('unread-count')
    .description('how many messages you have not read, and in how many threads')
    .action(async () => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const unread = await api({ method: 'GET', path: '/v1/convos/unread-count' }, unreadSchema);
      if (output.json) output.document(unread);
      else output.rows(unreadColumns, [unread]);
    });
  withExamples(command, 'convos unread-count', 'convos unread-count --json');
}
