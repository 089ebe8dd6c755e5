import { setTimeout as delay } from 'node:timers/promises';

/** Far beyond what fan-out takes on a busy machine; reached only when something is lost. */
const deadlineMilliseconds = 45_000;
const pollMilliseconds = 100;

/** Looks again until the expectations hold; at the deadline it throws what was wrong last. */
export async function eventually(expectations: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + deadlineMilliseconds;
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
