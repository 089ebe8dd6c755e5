import type { Clock, NewUlid } from '../shared/identifier.ts';
import type { ErasurePart } from './contract.ts';
import type { Erasure, ErasureStore } from './erasure-store.ts';

/**
 * Starts the erasure of a resource, or gives the one that is running. The rest follows from the stored
 * item: its change starts the work of every part.
 */
export async function eraseResource(
  { store, now, newUlid }: { store: ErasureStore; now: Clock; newUlid: NewUlid },
  ref: string,
  parts: readonly ErasurePart[],
): Promise<Erasure> {
  for (;;) {
    const startedAtMs = now();
    const erasure: Erasure = {
      ref,
      erasureId: newUlid(startedAtMs),
      state: 'running',
      startedAtMs,
      parts: Object.fromEntries(parts.map((part) => [part, { removed: 0, done: false }])),
    };
    if ((await store.begin(erasure)) === 'begun') return erasure;
    const running = await store.erasure(ref);
    // Ended in between: this call begins its own, as it came after.
    if (running?.state === 'running') return running;
  }
}

/** Takes in what a part reports, and ends the erasure when it was the last. */
export async function reportErasure(
  { store, now }: { store: ErasureStore; now: Clock },
  report: { ref: string; erasureId: string; part: ErasurePart; removed: number; done: boolean },
): Promise<void> {
  const { ref, erasureId, part, removed, done } = report;
  const erasure = await store.raise({ ref, erasureId }, part, { removed, done });
  if (erasure?.state !== 'running') return;
  if (Object.values(erasure.parts).every((progress) => progress.done)) {
    await store.finish({ ref, erasureId }, now());
  }
}
