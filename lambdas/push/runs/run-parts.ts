import type { Clock } from '../../shared/identifier.ts';
import type { JobQueue } from '../../shared/job-queue.ts';
import type { WorkJob } from '../contract.ts';
import type { RowStore } from '../queue/row-store.ts';
import type { RuleBook } from '../rules/rule-book.ts';
import type { RunStore } from './run-store.ts';

/** What it takes to start runs. */
export interface RunParts {
  book: RuleBook;
  rows: RowStore;
  runs: RunStore;
  /** The work queue. */
  jobs: JobQueue<WorkJob>;
  now: Clock;
}
