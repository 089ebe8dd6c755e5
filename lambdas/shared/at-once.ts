/** Calls to AWS under way at once; more only queue up in the client's connections. */
const parallelCalls = 16;

/**
 * What each call answers, in the order of the items. After one that fails no further one begins; it throws
 * when those under way have ended, so that none of them goes on behind the caller's back.
 *
 * @param most under way at the same time
 */
export async function atOnce<Item, Answer>(
  items: readonly Item[],
  call: (item: Item, place: number) => Promise<Answer>,
  most = parallelCalls,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const left = items.entries();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const [place, item] of left) {
      if (hasFailed) return;
      try {
        answers[place] = await call(item, place);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: most }, worker));
  for (const ended of workers) if (ended.status === 'rejected') throw ended.reason;
  return answers;
}
