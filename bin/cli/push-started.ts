import * as z from 'zod';
import { apiPath, type Api, type ApiRequest } from './api.ts';
import { Failure } from './failure.ts';
import type { Output } from './output.ts';
import { countsOf, runSchema, type ShownRun } from './shown-run.ts';
import type { Surroundings } from './surroundings.ts';
import { waitFor } from './wait.ts';

const startedSchema = z.looseObject({ runId: z.string() });

/** What a run is started with. */
export interface Start {
  readonly request: ApiRequest;
  /** As it was given; a new one otherwise. */
  readonly idempotencyKey: string | undefined;
  readonly wait: boolean;
}

/**
 * Starts a run and waits for its end. Without waiting it tells the run's id, and gives nothing.
 *
 * It is started under a key even when none was given: where the answer got lost nobody knows whether the
 * run began, and with the key it can be asked for again without a second one.
 */
export async function runToItsEnd(
  api: Api,
  { request, idempotencyKey, wait }: Start,
  { output, surroundings }: { output: Output; surroundings: Surroundings },
): Promise<ShownRun | undefined> {
  const key = idempotencyKey ?? surroundings.newKey();
  const headers = { 'idempotency-key': key };
  const started = await api({ ...request, headers }, startedSchema).catch((error: unknown) => {
    const unsure = error instanceof Failure ? error.maybeDone : surroundings.interrupted.aborted;
    if (unsure && idempotencyKey === undefined) {
      output.message(`To try again and start it once only: --idempotency-key ${key}`);
    }
    throw error;
  });
  if (!wait) {
    if (output.json) output.document(started);
    else output.rows([{ heading: 'RUN', cell: ({ runId }) => runId }], [started]);
    return undefined;
  }
  return waitFor(surroundings, {
    look: () => api({ method: 'GET', path: apiPath`/v1/push/runs/${started.runId}` }, runSchema),
    finished: ({ state }) => state !== 'running',
    progress: countsOf,
    goesOn: `The run goes on; see how far it is: npx sequitur push show-run ${started.runId}`,
  });
}
