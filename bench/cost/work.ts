import type { Usage } from './prices.ts';

/** DynamoDB calls and the units that they consume. */
export interface TableWork {
  wru: number;
  rru: number;
  calls: number;
}

/**
 * What the local service cannot tell and is assumed instead, each on the high side.
 */
export const assumed = {
  /** AWS promises single-digit milliseconds for a call; none is taken to run beside another. */
  secondsPerCall: 0.01,
  /** A function's own work beside its calls. */
  ownSeconds: 0.005,
  /** Lambda's three lines and the function's one. */
  logGigabytesPerInvocation: 1e-6,
  /** X-Ray's default sampling, beyond the first trace of each second. */
  traceShare: 0.05,
} as const;

/** Memory of the functions, GB, as the constructs set it. */
const apiGigabytes = 1;
const jobGigabytes = 0.5;

/** A request to the API. */
export function request(work: TableWork): Usage {
  return { httpRequest: 1, ...invocation(work, apiGigabytes) };
}

/** A job from a queue in an invocation of its own: sent, received, deleted. */
export function job(work: TableWork): Usage {
  return { sqsRequest: 3, ...invocation(work, jobGigabytes) };
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

function invocation({ wru, rru, calls }: TableWork, gigabytes: number): Usage {
  return {
    lambdaInvocation: 1,
    lambdaGbSecond: (assumed.ownSeconds + calls * assumed.secondsPerCall) * gigabytes,
    wru,
    rru,
    logGigabyte: assumed.logGigabytesPerInvocation,
    trace: assumed.traceShare,
  };
}
