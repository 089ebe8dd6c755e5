/** Characters that JSON may hold as they are, and AWS's queues refuse. */
const refused = /[\uFFFE\uFFFF]/g;

/**
 * JSON as a queue or the event bus takes it: SQS refuses whole calls for two characters, and takes their
 * escapes, which say the same.
 */
export function queueJson(value: unknown): string {
  return JSON.stringify(value).replace(
    refused,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
}
