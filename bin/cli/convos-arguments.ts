import { InvalidArgumentError } from 'commander';
import { ulidOfMessageId, ulidOfThreadId } from '../../lambdas/convos/message.ts';

/** The id of a message. Its form is checked here, so that nothing else gets into a path. */
export function messageIdArgument(text: string): string {
  if (ulidOfMessageId(text) !== undefined) return text;
  throw new InvalidArgumentError("It must be a message's id: msg_ and 26 letters and digits.");
}

/** The id of a thread. Its form is checked here, so that nothing else gets into a path. */
export function threadIdArgument(text: string): string {
  if (ulidOfThreadId(text) !== undefined) return text;
  throw new InvalidArgumentError("It must be a thread's id: thr_ and 26 letters and digits.");
}
