import { rfc3339 } from '../../shared/identifier.ts';
import { runId } from './run.ts';
import type { Run } from './run.ts';

/** A run as the API answers it. */
export function runAnswer(run: Run) {
  const { ulid, kind, rule, state, startedMs, finishedMs, counts, messages } = run;
  const { selected, pushed, failed } = counts;
  return {
    id: runId(ulid),
    kind,
    ...(rule !== undefined && { rule }),
    state,
    startedAt: rfc3339(startedMs),
    ...(finishedMs !== undefined && { finishedAt: rfc3339(finishedMs) }),
    counts: { selected, pushed, failed },
    messages,
  };
}
