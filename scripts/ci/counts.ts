export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** The plain last line of every test command, for people and for CI to read. */
export function countsLine({ passed, failed }: Counts): string {
  return `${String(passed)} passed, ${String(failed)} failed`;
}
