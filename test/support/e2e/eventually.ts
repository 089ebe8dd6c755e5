import { setTimeout as delay } from 'node:timers/promises';

/** Far beyond what fan-out takes on a busy machine; reached only when something is lost. */
const deadlineMilliseconds = 45_000;
const pollMilliseconds = 100;

/** Far beyond what jobs on an idle queue take. */
const watchMilliseconds = 5_000;

/**
 * Looks again until the expectations hold; at the deadline it throws what was wrong last.
 *
 * @param patienceMs longer than usual for what a schedule does
 */
export async function eventually(
  expectations: () => Promise<void>,
  patienceMs = deadlineMilliseconds,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      await expectations();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(pollMilliseconds);
  }
}

/** Looks again and again whether the expectations still hold, while work behind the API goes on. */
export async function throughout(expectations: () => Promise<void>): Promise<void> {
  const end = Date.now() + watchMilliseconds;
  while (Date.now() < end) {
    await expectations();
    await delay(pollMilliseconds);
  }
}
