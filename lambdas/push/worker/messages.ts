import { rfc3339 } from '../../shared/identifier.ts';
import type { PushTarget } from '../../shared/define/push-target.ts';

/** Most characters (UTF-16) of a row's message. */
const maxMessage = 16_000;

/** Most characters of an attempt's message: a row keeps many. */
const maxAttemptMessage = 1_000;

/** Says of a file that it is there. */
export function sentLine(atMs: number, file: string): string {
  return `[${rfc3339(atMs)}] '${file}': push SUCCESS`;
}

/** Says of a file why it is not there. */
export function failedLine(atMs: number, file: string, error: unknown, target: PushTarget): string {
  const host = new URL(target.url).hostname || target.name;
  return `[${rfc3339(atMs)}] '${file}': push ERROR: ${messageOf(error)} TARGET: ${host}`;
}

/** What was thrown, as one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ').trim() || 'failed without saying why';
}

/** The message of a row. */
export function rowMessage(lines: readonly string[]): string {
  return cutLines(lines, maxMessage);
}

/** The message of an attempt. */
export function attemptMessage(lines: readonly string[]): string {
  return cutLines(lines, maxAttemptMessage);
}

/** The first of the lines that have room, and how many there are more. */
function cutLines(lines: readonly string[], most: number): string {
  const whole = lines.join('\n');
  if (whole.length <= most) return whole;
  const kept: string[] = [];
  // Room for the last line, with any number that can be.
  let room = most - '\n... and 1000000000 more lines'.length;
  for (const line of lines) {
    if (kept.length > 0 && line.length + 1 > room) break;
    const part = line.length > room ? line.slice(0, room).toWellFormed() : line;
    kept.push(part);
    room -= part.length + 1;
    if (room <= 0) break;
  }
  const left = lines.length - kept.length;
  return left === 0 ? kept.join('\n') : [...kept, `... and ${String(left)} more lines`].join('\n');
}
