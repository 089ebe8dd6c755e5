/** What the command line answers to the shell; an interruption answers 128 + the signal's number. */
export const exitCodes = {
  done: 0,
  workFailed: 1,
  usage: 2,
  /** No connection, or the API does not let this token do it. */
  unreachable: 3,
} as const;

/** Ends a command: `message` is for people, without a stack trace. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;
  /** Whether the same call may succeed a little later; nothing is known to be wrong with it. */
  readonly passing: boolean;
  /** Whether what was asked for may have been done all the same: its answer is what failed. */
  readonly maybeDone: boolean;

  constructor(
    exitCode: number,
    message: string,
    { passing = false, maybeDone = false }: { passing?: boolean; maybeDone?: boolean } = {},
  ) {
    super(message);
    this.exitCode = exitCode;
    this.passing = passing;
    this.maybeDone = maybeDone;
  }
}

export function usageFailure(message: string): Failure {
  return new Failure(exitCodes.usage, message);
}
