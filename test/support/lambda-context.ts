import type { Context } from 'aws-lambda';

/** The context that Lambda hands to a function, for one invocation. */
export function lambdaContext(functionName: string, awsRequestId: string): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn(functionName),
    memoryLimitInMB: '256',
    awsRequestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `[$LATEST]${awsRequestId}`,
    getRemainingTimeInMillis: () => 30_000,
    // The callbacks of the first Node runtimes are left out: nothing may use them.
  } as Context;
}

export function functionArn(functionName: string): string {
  return `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`;
}

/** What goes into and comes out of a function is JSON: neither side sees the other's objects change. */
export function throughJson(value: unknown): unknown {
  // Nothing at all, as a function without a return value answers, is JSON's null.
  return JSON.parse(JSON.stringify(value ?? null));
}
