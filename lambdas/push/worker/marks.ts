/** Marks of earlier workers: each costs a request for each file. */
const mostMarks = 20;

/** Makes the temporary files of a mass run and of one worker differ, by the epoch of the run's lane. */
export function massMark(run: string, epoch: number): string {
  return `${run.toLowerCase()}e${String(epoch)}`;
}

/** Marks of workers that had the run before, the newest of them: any may have ended in mid-upload. */
export function earlierMassMarks(run: string, epoch: number): string[] {
  const first = Math.max(1, epoch - mostMarks);
  return Array.from({ length: epoch - first }, (_, index) => massMark(run, first + index));
}
