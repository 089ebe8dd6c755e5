import { addAbortSignal } from 'node:stream';
import { maxBodyCharacters } from '../../lambdas/convos/message-text.ts';
import { usageFailure } from './failure.ts';
import type { Surroundings } from './surroundings.ts';

/** UTF-8 has at most four bytes a character: what is longer cannot fit, however long it goes on. */
const mostBytes = 4 * maxBodyCharacters;

/**
 * The text of a message: what was given, or standard input to its end, exactly as it came. Refuses
 * what holds nothing, is no UTF-8 or would have to be typed: nobody waits for an end they don't know.
 */
export async function messageBody(
  given: string | undefined,
  surroundings: Pick<Surroundings, 'stdin' | 'interrupted'>,
): Promise<string> {
  const body = given ?? decoded(await pipedBytes(surroundings));
  if (body !== '') return body;
  throw usageFailure('The message is empty. Give its text with --body, or pipe it in.');
}

async function pipedBytes({
  stdin,
  interrupted,
}: Pick<Surroundings, 'stdin' | 'interrupted'>): Promise<Uint8Array> {
  if (stdin.isTTY === true) {
    throw usageFailure('What is the message? Give its text with --body, or pipe it in.');
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  const input: AsyncIterable<Uint8Array> = addAbortSignal(interrupted, stdin);
  for await (const chunk of input) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > mostBytes) {
      throw usageFailure(
        `The text is longer than a message can be (${maxBodyCharacters.toLocaleString('en')} characters).`,
      );
    }
  }
  return Buffer.concat(chunks);
}

/** A byte order mark at the beginning says how the text is written and is no part of it. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw usageFailure('The text is not UTF-8. Convert it first, for instance with iconv.');
  }
}
