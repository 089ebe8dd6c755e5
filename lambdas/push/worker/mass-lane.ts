/** The lane of a mass run itself: one worker at a time makes its files, or sends them. */
export function massLane(run: string): string {
  return `mass#${run}`;
}
