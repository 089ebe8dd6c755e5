/** Time for which each thing that a post needs, or leads to, is tried again while it fails. */
export const patienceMs = 4_000;

/**
 * Such things one after the other, at most: hook and delivery, payload, turn, probe, secrets, health
 * and disabling after the post, the lane's word of it, the row, what is exhausted and disabling for it,
 * the next job.
 */
const thingsAroundPost = 12;

/** Time that a function needs besides the post itself, so that it is not ended before its row is stored. */
export const aroundPostMs = thingsAroundPost * patienceMs;

/** Time from the start of a lane's run after which no further post begins in it. */
export const lanePostsBeginWithinMs = 40_000;
