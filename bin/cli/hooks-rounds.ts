import * as z from 'zod';
import type { Api, ApiRequest } from './api.ts';
import { exitCodes, Failure } from './failure.ts';

const roundSchema = z.looseObject({
  accepted: z.number(),
  more: z.boolean(),
  nextSince: z.string().optional(),
  nextCursor: z.string().optional(),
});

type Round = z.infer<typeof roundSchema>;

/**
 * Makes a request that takes so much and no more, again until nothing is left, and gives how much it
 * took in all.
 *
 * @param next the request after a round, where it is not the same again, behind the round's cursor
 * @throws Failure when a round gets nowhere: the next would not, either.
 */
export async function acceptedInAll(
  api: Api,
  first: ApiRequest,
  next?: (round: Round) => ApiRequest | undefined,
): Promise<number> {
  let accepted = 0;
  let request = first;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- each round begins where the one before ended
    const round = await api(request, roundSchema);
    accepted += round.accepted;
    if (!round.more) return accepted;
    const following = next === undefined ? goingOn(round, first) : next(round);
    if (following === undefined) {
      throw new Failure(
        exitCodes.workFailed,
        `There is more, but the API gets no further; done so far: ${String(accepted)}.`,
      );
    }
    request = following;
  }
}

/** A round may have taken nothing and still have got further: then it tells where. */
function goingOn({ accepted, nextCursor }: Round, first: ApiRequest): ApiRequest | undefined {
  if (nextCursor === undefined) return accepted > 0 ? first : undefined;
  const { body, query } = first;
  return typeof body === 'object'
    ? { ...first, body: { ...body, cursor: nextCursor } }
    : { ...first, query: { ...query, cursor: nextCursor } };
}
