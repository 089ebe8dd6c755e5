/** Something the person at the keyboard can mend: `remedy` says how. Shown without a stack trace. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** What to print for an error that reached the top: message and remedy, or everything for a bug. */
export function describeError(error: unknown): string {
  if (error instanceof StartError) return `${error.message}\n  ${error.remedy}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
