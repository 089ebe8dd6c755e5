import type { JobQueue } from '../lambdas/shared/job-queue.ts';

/** A queue whose jobs stay here until they are taken. */
export class CollectedJobs<Job> implements JobQueue<Job> {
  #jobs: Job[] = [];

  send(jobs: readonly Job[]): Promise<void> {
    this.#jobs.push(...jobs);
    return Promise.resolve();
  }

  take(): Job[] {
    const taken = this.#jobs;
    this.#jobs = [];
    return taken;
  }
}
