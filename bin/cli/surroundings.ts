import type { Readable, Writable } from 'node:stream';
import type { Connection } from './connection.ts';

/** What the command line uses of its process; tests pass their own. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  /** Aborted by Ctrl-C and by what ends processes; its reason is the exit code. */
  readonly interrupted: AbortSignal;
  /** Rejects when the signal aborts first. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new random Idempotency-Key. */
  readonly newKey: () => string;
  /** The running local stack, or undefined when there is none. */
  readonly localConnection: () => Promise<Connection | undefined>;
}

/** A stream that may be a terminal, then with its width in columns. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
