import type * as z from 'zod';
import type { Api, ApiRequest } from './api.ts';
import { exitCodes, Failure } from './failure.ts';

/** What a request that takes so much and no more answers: where the next goes on. */
interface Round {
  readonly nextCursor?: string | undefined;
}

/** Makes a request again, each time where the one before ended, until nothing is left. */
export async function* resumed<T extends Round>(
  api: Api,
  request: ApiRequest & { readonly body: object },
  answer: z.ZodType<T>,
): AsyncGenerator<T> {
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const body = { ...request.body, cursor };
    // oxlint-disable-next-line no-await-in-loop -- each round begins where the one before ended
    const round = await api({ ...request, body }, answer);
    yield round;
    cursor = round.nextCursor;
    if (cursor !== undefined && seen.has(cursor)) {
      throw new Failure(exitCodes.workFailed, 'The API gets no further; stopped there.');
    }
    if (cursor !== undefined) seen.add(cursor);
  } while (cursor !== undefined);
}
