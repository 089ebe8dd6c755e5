/**
 * Does something for each item, for so many at the same time.
 *
 * @returns what came of each, in the order of the items
 * @throws what the first failing one threw; those that were not begun are left
 */
export async function someAtOnce<Item, Result>(
  most: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: { index: number; result: Result }[] = [];
  const left = items.entries();
  let hasFailed = false;
  const next = async (): Promise<void> => {
    for (const [index, item] of left) {
      if (hasFailed) return;
      try {
        results.push({ index, result: await work(item) });
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: most }, next));
  return results.toSorted((one, other) => one.index - other.index).map(({ result }) => result);
}
