import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath, type Api, type ApiRequest } from './api.ts';
import { idempotencyKeyOption, resourceRef } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { threadIdArgument } from './convos-arguments.ts';
import { messageBody } from './convos-body.ts';
import { Failure } from './failure.ts';
import type { Output } from './output.ts';
import { messageSchema, wholeMessageColumns } from './shown-message.ts';
import type { Surroundings } from './surroundings.ts';

const replyOptions = z.object({
  body: z.string().optional(),
  idempotencyKey: z.string().optional(),
});
const sendOptions = replyOptions.extend({ subject: z.string() });

/** `convos send`: writes to a user, in a new thread. */
export function addSend(group: Command, surroundings: Surroundings): void {
  const command = withTextOptions(
    group
      .command('send')
      .description('write to a user; it starts a thread')
      .argument('<recipient>', 'whom, type:id', resourceRef)
      .requiredOption('--subject <subject>', 'what it is about, up to 140 characters'),
  ).action(async (recipient: string) => {
    const { output, connect } = workOf(command, surroundings);
    const { subject, idempotencyKey, body: given } = optionsOf(command, sendOptions);
    const body = await messageBody(given, surroundings);
    await sendOnce(
      await connect(),
      { method: 'POST', path: '/v1/messages', body: { recipient, subject, body } },
      { given: idempotencyKey, surroundings, output },
    );
  });
  withExamples(
    command,
    "convos send user:flo --subject Lunch --body 'Are you free at noon?'",
    "convos send user:flo --subject 'The draft' < draft.txt",
  );
}

/** `convos reply`: writes to the other participant of a thread. */
export function addReply(group: Command, surroundings: Surroundings): void {
  const command = withTextOptions(
    group
      .command('reply')
      .description('write to the other participant of a thread, also of one that was deleted')
      .argument('<thread>', "the thread's id", threadIdArgument),
  ).action(async (thread: string) => {
    const { output, connect } = workOf(command, surroundings);
    const { idempotencyKey, body: given } = optionsOf(command, replyOptions);
    const body = await messageBody(given, surroundings);
    await sendOnce(
      await connect(),
      { method: 'POST', path: apiPath`/v1/threads/${thread}/messages`, body: { body } },
      { given: idempotencyKey, surroundings, output },
    );
  });
  withExamples(
    command,
    "convos reply thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6 --body 'Noon is fine.'",
    'convos reply thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6 < answer.txt',
  );
}

function withTextOptions(command: Command): Command {
  return command
    .option('--body <text>', 'its text, up to 64,000 characters (default: standard input as it is)')
    .addOption(
      idempotencyKeyOption(
        'the same key sends the same message once within 24 hours (default: a new one)',
      ),
    );
}

interface Sending {
  readonly given: string | undefined;
  readonly surroundings: Pick<Surroundings, 'newKey' | 'interrupted'>;
  readonly output: Output;
}

/**
 * Sends under a key even when none was given: where the answer got lost nobody knows whether the
 * message went, and with the key it can be sent again without harm.
 */
async function sendOnce(api: Api, request: ApiRequest, sending: Sending): Promise<void> {
  const { given, surroundings, output } = sending;
  const key = given ?? surroundings.newKey();
  const headers = { 'idempotency-key': key };
  const message = await api({ ...request, headers }, messageSchema).catch((error: unknown) => {
    const unsure = error instanceof Failure ? error.maybeDone : surroundings.interrupted.aborted;
    if (unsure && given === undefined) {
      output.message(`To try again and send it once only: --idempotency-key ${key}`);
    }
    throw error;
  });
  if (output.json) output.document(message);
  else output.rows(wholeMessageColumns, [message]);
}
