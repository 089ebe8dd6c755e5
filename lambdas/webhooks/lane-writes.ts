/** Calls under way at once; more only queue up in the client's connections. */
const parallelCalls = 16;

/** What each call answers, in the order of the items. Ends at the first one that fails. */
export async function atOnce<Item, Answer>(
  items: readonly Item[],
  call: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [place, item] of left) answers[place] = await call(item);
  };
  await Promise.all(Array.from({ length: parallelCalls }, worker));
  return answers;
}
