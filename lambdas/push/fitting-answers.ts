/** Bytes of a page's items as Lambda hands them on: a text within JSON. It takes 6 MB. */
const maxPageBytes = 5_000_000;

/** Answers for a page, and where the next one begins. */
export interface FittingPage<Answer> {
  answers: Answer[];
  after: string | undefined;
}

/**
 * Answers for as many of a page's items as a function can answer, at least one; messages may be long.
 *
 * @param page `after`: where the next page begins when all items fit
 */
export function fittingAnswers<Item extends { ulid: string }, Answer>(
  page: { items: readonly Item[]; after: string | undefined },
  answerOf: (item: Item) => Answer,
): FittingPage<Answer> {
  const answers: Answer[] = [];
  let bytes = 0;
  let last: string | undefined;
  for (const item of page.items) {
    const answer = answerOf(item);
    bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(answer)));
    if (last !== undefined && bytes > maxPageBytes) return { answers, after: last };
    answers.push(answer);
    last = item.ulid;
  }
  return { answers, after: page.after };
}
