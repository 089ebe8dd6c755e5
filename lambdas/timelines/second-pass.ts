/**
 * When the upkeep looks at a timeline again after a follow ended, in seconds: the longest delay of SQS.
 * Fan-out that was under way at the end is over then, since chunks older than ten minutes ask whether
 * the follow still exists. The job grows this old in its queue without anything being wrong.
 */
export const secondPassDelaySeconds = 900;
