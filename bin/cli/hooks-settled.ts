import { apiPath, type Api } from './api.ts';
import { exitCodes, Failure } from './failure.ts';
import { deliverySchema, type ShownFailure } from './shown-delivery.ts';
import type { Surroundings } from './surroundings.ts';
import { waitFor } from './wait.ts';

/** What came of deliveries that were set going. */
export interface Settled {
  readonly delivered: number;
  /** Failed again, with or without retries to come, held because the endpoint was disabled, or gone. */
  readonly failedAgain: number;
  /** Not known yet when the waiting ended. */
  readonly pending: number;
}

/** A delivery as it was before it was set going. */
export interface Watched extends Pick<ShownFailure, 'id' | 'tries'> {
  /** Absent: it had failed. */
  readonly status?: string;
}

/** What people read while it is waited for. */
export interface WaitWords {
  readonly doing: string;
  readonly failed: string;
  readonly goesOn: string;
}

/** What deliveries are waited for with. */
export interface Waiting extends WaitWords {
  /** So many were set going. Some may look untouched at first: those in order wait for their lane. */
  readonly accepted?: number;
}

const wordsOfRetries: WaitWords = {
  doing: 'Retrying',
  failed: 'failed again',
  goesOn: 'The retries go on; what fails again: npx sequitur hooks failures',
};

type Outcome = 'delivered' | 'failed' | 'pending' | 'untouched';

/** A post takes seconds; what waits longer waits for its endpoint's turn, which may be hours. */
const longestWaitMs = 10 * 60 * 1000;

/** A retry of the endpoint's schedule that comes so soon is waited for; a later one is a failure for now. */
const soonMs = 30_000;

/** Requests at a time. */
const atOnce = 8;

/**
 * Waits until each delivery that was set going was posted, ten minutes at most. What was listed but
 * not taken (invalid, or set going by somebody else and settled) counts nowhere: its tries have not
 * risen.
 */
export async function settled(
  api: Api,
  surroundings: Surroundings,
  watched: readonly Watched[],
  { accepted, ...words }: Waiting = wordsOfRetries,
): Promise<Settled> {
  const outcomes = new Map<string, Outcome>(watched.map(({ id }) => [id, 'pending']));
  const endsAt = surroundings.now() + longestWaitMs;
  const expected = Math.min(accepted ?? 0, watched.length);
  const isOpen = (outcome?: Outcome) =>
    outcome === 'pending' || (outcome === 'untouched' && accepted !== undefined);
  const look = async () => {
    const open = watched.filter(({ id }) => isOpen(outcomes.get(id)));
    for (let start = 0; start < open.length; start += atOnce) {
      const part = open.slice(start, start + atOnce);
      // oxlint-disable-next-line no-await-in-loop -- not all at once
      const found = await Promise.all(part.map((one) => outcomeOf(api, one, surroundings.now())));
      for (const [index, { id }] of part.entries()) outcomes.set(id, found[index] ?? 'pending');
    }
    return counted([...outcomes.values()], expected);
  };
  return waitFor(surroundings, {
    look,
    finished: ({ pending }) => pending === 0 || surroundings.now() >= endsAt,
    progress: ({ delivered, failedAgain, pending }) =>
      `${words.doing}: ${String(delivered)} delivered, ${String(failedAgain)} ${words.failed}, ` +
      `${String(pending)} on their way`,
    goesOn: words.goesOn,
  });
}

async function outcomeOf(api: Api, before: Watched, nowMs: number): Promise<Outcome> {
  const delivery = await api(
    { method: 'GET', path: apiPath`/v1/deliveries/${before.id}` },
    deliverySchema,
  ).catch((error: unknown) => {
    if (isRefusal(error)) return undefined;
    throw error;
  });
  if (delivery === undefined) return 'failed';
  const { status, tries, nextAttemptAt } = delivery;
  if (status === 'pending') {
    const isLate = nextAttemptAt !== undefined && Date.parse(nextAttemptAt) > nowMs + soonMs;
    return tries > before.tries && isLate ? 'failed' : 'pending';
  }
  if (tries === before.tries && status === (before.status ?? 'failed')) return 'untouched';
  return status === 'delivered' ? 'delivered' : 'failed';
}

/** Of a well-formed id the API refuses one thing: that there is no such delivery (any more). */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Failure) || error.exitCode !== exitCodes.workFailed) return false;
  return !error.passing && !error.maybeDone;
}

/** @param expected so many are to come to something, though more may be watched */
function counted(outcomes: readonly Outcome[], expected: number): Settled {
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  const [delivered, failedAgain] = [count('delivered'), count('failed')];
  const pending = Math.max(count('pending'), expected - delivered - failedAgain);
  return { delivered, failedAgain, pending };
}
