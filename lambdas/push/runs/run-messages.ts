/** Messages that a run keeps. */
const maxMessages = 500;

/** Longest message, in UTF-16 code units. */
const maxLength = 1_000;

/** All messages of a run together, in bytes of UTF-8: an item of DynamoDB ends at 400 KB, and jobs need room. */
const maxBytes = 200_000;

const cutMark = '...';

/** The newest messages, each cut, as far as there is room for them. */
export function keptMessages(messages: readonly string[]): string[] {
  const kept: string[] = [];
  let bytes = 0;
  for (const message of messages.slice(-maxMessages).toReversed()) {
    const short = cut(message);
    bytes += Buffer.byteLength(short);
    if (bytes > maxBytes) break;
    kept.push(short);
  }
  return kept.toReversed();
}

function cut(message: string): string {
  if (message.length <= maxLength) return message;
  const start = message.slice(0, maxLength - cutMark.length);
  // Half of a character outside the basic plane is no text.
  return `${start.replace(/[\uD800-\uDBFF]$/u, '')}${cutMark}`;
}
