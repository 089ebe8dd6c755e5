import { consumed } from '../capacity/consumption.ts';
import type { Result } from '../result.ts';
import type { Usage } from './prices.ts';

/** DynamoDB calls and the units that they consume. */
export interface TableWork {
  wru: number;
  rru: number;
  calls: number;
}

/** Gives the work of each operation as it was measured. */
export function measuredWork(results: readonly Result[]): (operation: string) => TableWork {
  return (operation) => {
    const { writes, reads, calls } = consumed(results, operation);
    return { wru: writes, rru: reads, calls };
  };
}

/**
 * What the local service cannot tell and is assumed instead, each on the high side.
 */
export const assumed = {
  /** AWS promises single-digit milliseconds for a call; none is taken to run beside another. */
  secondsPerCall: 0.01,
  /** A function's own work beside its calls. */
  ownSeconds: 0.005,
  /** A receiver's answer to a post, connecting included. */
  secondsPerPost: 0.2,
  /** A file's way from S3 to a partner's server, renaming included, by itself. */
  secondsPerFile: 0.2,
  /** Lambda asks an empty queue five times at once, and each waits for 20 seconds. */
  pollsPerMinute: 15,
  /** Lambda's three lines and the function's one. */
  logGigabytesPerInvocation: 1e-6,
  /** X-Ray's default sampling, beyond the first trace of each second. */
  traceShare: 0.05,
} as const;

/** Memory of the functions, GB, as the constructs set it; what pushes has as much as what posts. */
const apiGigabytes = 1;
const jobGigabytes = 0.5;
const postingGigabytes = 1;

/** A request to the API. */
export function request(work: TableWork): Usage {
  return { httpRequest: 1, ...invocation(work, apiGigabytes) };
}

/** A job from a queue in an invocation of its own: sent, received, deleted. */
export function job(work: TableWork): Usage {
  return { sqsRequest: 3, ...invocation(work, jobGigabytes) };
}

/** A job from a queue of groups that posts, in an invocation of its own: sent, received, deleted. */
export function postingJob(work: TableWork): Usage {
  return { sqsGroupRequest: 3, ...invocation(work, postingGigabytes, assumed.secondsPerPost) };
}

/**
 * Messages that a function with posts to make gets together, all in one invocation: each is sent by a
 * call of its own, and all are received and deleted by one.
 *
 * @param posts made by it, a fraction when most runs make none
 */
export function postingRun(work: TableWork, messages: number, posts: number): Usage {
  return {
    sqsGroupRequest: messages + 2,
    ...invocation(work, postingGigabytes, posts * assumed.secondsPerPost),
  };
}

/** A job that makes files, stores them, reads them again and sends them, in an invocation of its own. */
export function pushingJob(work: TableWork, files: number): Usage {
  const waiting = files * (assumed.secondsPerFile + 2 * assumed.secondsPerCall);
  return {
    sqsRequest: 3,
    s3Put: files,
    s3Get: files,
    ...invocation(work, postingGigabytes, waiting),
  };
}

/** A run by schedule. */
export function scheduledRun(work: TableWork): Usage {
  return invocation(work, jobGigabytes);
}

/** What one more of its kind adds to an invocation of a job that there is anyway. */
export function inJob({ wru, rru, calls }: TableWork): Usage {
  return { wru, rru, lambdaGbSecond: calls * assumed.secondsPerCall * jobGigabytes };
}

/** A change that the relay hands to the bus as an event, in an invocation of its own. */
export function relayed(): Usage {
  return { busEvent: 1, ...invocation({ wru: 0, rru: 0, calls: 1 }, jobGigabytes) };
}

/** Changes of one partition of a table that come to the relay together, and from which nothing follows. */
export function passedOver(): Usage {
  return invocation({ wru: 0, rru: 0, calls: 0 }, jobGigabytes);
}

/** Changes of one partition that come to the relay together and bring a job. */
export function relayedJob(): Usage {
  return invocation({ wru: 0, rru: 0, calls: 1 }, jobGigabytes);
}

function invocation({ wru, rru, calls }: TableWork, gigabytes: number, waitingSeconds = 0): Usage {
  const seconds = assumed.ownSeconds + calls * assumed.secondsPerCall + waitingSeconds;
  return {
    lambdaInvocation: 1,
    lambdaGbSecond: seconds * gigabytes,
    wru,
    rru,
    logGigabyte: assumed.logGigabytesPerInvocation,
    trace: assumed.traceShare,
  };
}
