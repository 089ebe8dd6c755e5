/**
 * List prices of us-east-1 in US dollars, without free tiers and volume discounts, as AWS's pricing
 * pages had them in 2025.
 */
export const prices = {
  /** API Gateway, HTTP API: a request of up to 512 KB. */
  httpRequest: 1 / 1e6,
  lambdaInvocation: 0.2 / 1e6,
  /** Lambda on arm64. */
  lambdaGbSecond: 0.000_013_333_4,
  /** DynamoDB on demand, standard table class. */
  wru: 0.625 / 1e6,
  rru: 0.125 / 1e6,
  /** SQS standard queue: a call with up to 64 KB. */
  sqsRequest: 0.4 / 1e6,
  /** SQS FIFO queue; also a standard queue's messages with a group ("fair queue": $0.40 and $0.10). */
  sqsGroupRequest: 0.5 / 1e6,
  /** EventBridge, a custom event of up to 64 KB. */
  busEvent: 1 / 1e6,
  /** S3 standard, an object or a part of one written. */
  s3Put: 5 / 1e6,
  /** S3 standard, an object read. */
  s3Get: 0.4 / 1e6,
  /** CloudWatch Logs, ingestion. */
  logGigabyte: 0.5,
  /** X-Ray, a trace that is recorded. */
  trace: 5 / 1e6,
  /** KMS, a customer managed key for a month; its first two rotations make it one more each. */
  kmsKeyMonth: 1,
  /** Secrets Manager, a secret for a month. */
  secretMonth: 0.4,
} as const;

export type Priced = keyof typeof prices;

/** How much of each priced thing something uses. */
export type Usage = Partial<Record<Priced, number>>;

/** What a row of the table is about, with all that follows from it. */
export interface Operation {
  name: string;
  usage: Usage;
}

/** Dollars for a million of it. */
export function perMillion(usage: Usage, only?: readonly Priced[]): number {
  let dollars = 0;
  for (const priced of only ?? pricedThings) dollars += (usage[priced] ?? 0) * prices[priced];
  return dollars * 1e6;
}

const pricedThings: readonly Priced[] = [
  'httpRequest',
  'lambdaInvocation',
  'lambdaGbSecond',
  'wru',
  'rru',
  'sqsRequest',
  'sqsGroupRequest',
  'busEvent',
  's3Put',
  's3Get',
  'logGigabyte',
  'trace',
  'kmsKeyMonth',
  'secretMonth',
];

/** All of several usages together, each so many times. */
export function together(...parts: readonly { times: number; usage: Usage }[]): Usage {
  const sum: Usage = {};
  for (const { times, usage } of parts) {
    for (const priced of pricedThings) {
      const amount = usage[priced];
      if (amount !== undefined) sum[priced] = (sum[priced] ?? 0) + times * amount;
    }
  }
  return sum;
}

/** A part of `together`. */
export function once(usage: Usage): { times: number; usage: Usage } {
  return { times: 1, usage };
}
