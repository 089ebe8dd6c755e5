import type { Page } from '../../../lambdas/push/page.ts';
import type { WorkJob } from '../../../lambdas/push/contract.ts';
import { keptMessages } from '../../../lambdas/push/runs/run-messages.ts';
import { progressedRun, revivedRun, runAfterJob } from '../../../lambdas/push/runs/run-changes.ts';
import type { KeptRun } from '../../../lambdas/push/runs/run-changes.ts';
import type { Progress, RunStore } from '../../../lambdas/push/runs/run-store.ts';
import type { Run } from '../../../lambdas/push/runs/run.ts';
import { jsonCopy } from './json-copy.ts';
import { pageOf } from './page-of.ts';

/** Runs by the rules of their table. */
export class InMemoryRunStore implements RunStore {
  readonly #runs = new Map<string, KeptRun>();

  create(run: Run): Promise<void> {
    if (!this.#runs.has(run.ulid)) this.#keep({ ...run, messages: keptMessages(run.messages) });
    return Promise.resolve();
  }

  get(ulid: string): Promise<Run | undefined> {
    const kept = this.#runs.get(ulid);
    return Promise.resolve(kept && shown(kept));
  }

  list(page: { after: string | undefined; limit: number }): Promise<Page<Run>> {
    const runs = [...this.#runs.values()].map(shown);
    return Promise.resolve(pageOf(runs, { ...page, order: 'desc' }));
  }

  running(): Promise<Run[]> {
    const runs = [...this.#runs.values()].filter(({ state }) => state === 'running').map(shown);
    const { items } = pageOf(runs, { after: undefined, limit: Infinity, order: 'asc' });
    return Promise.resolve(items);
  }

  progress(ulid: string, progress: Progress, nowMs: number): Promise<void> {
    return this.#change(ulid, (run) => progressedRun(run, progress, nowMs));
  }

  alive(ulid: string, nowMs: number): Promise<void> {
    return this.#change(ulid, (run) => progressedRun(run, {}, nowMs));
  }

  revive(run: Run, nowMs: number): Promise<boolean> {
    const stored = this.#runs.get(run.ulid);
    const isAsRead =
      stored?.state === 'running' &&
      stored.aliveMs === run.aliveMs &&
      stored.revivedMs === run.revivedMs;
    if (isAsRead) this.#keep({ ...stored, ...revivedRun(run, nowMs) });
    return Promise.resolve(isAsRead);
  }

  endJob(
    ulid: string,
    job: WorkJob,
    end: Progress & { failed?: boolean; next?: readonly WorkJob[] },
    nowMs: number,
  ): Promise<void> {
    return this.#change(ulid, (run) => runAfterJob(run, job, end, nowMs));
  }

  #change(ulid: string, changed: (run: KeptRun) => KeptRun | undefined): Promise<void> {
    const stored = this.#runs.get(ulid);
    const after = stored && changed(stored);
    if (after !== undefined) this.#keep(after);
    return Promise.resolve();
  }

  #keep(run: KeptRun): void {
    this.#runs.set(run.ulid, jsonCopy(run));
  }
}

function shown({ hasFailedJob: _inside, ...run }: KeptRun): Run {
  return jsonCopy(run);
}
