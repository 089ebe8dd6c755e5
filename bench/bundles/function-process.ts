import { once } from 'node:events';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import type { HttpHandler } from '../../lambdas/shared/http/api-handler.ts';
import { apiCall } from '../../test/support/api-call.ts';
import { lambdaContext } from '../../test/support/lambda-context.ts';
import { orderSchema } from './order.ts';
import type { Call, Measured, Order } from './order.ts';

const apiModule = z.object({
  handler: z.custom<HttpHandler>((value) => typeof value === 'function'),
});

type RecordsHandler = (event: { Records: unknown[] }, context: Context) => Promise<unknown>;

const recordsModule = z.object({
  handler: z.custom<RecordsHandler>((value) => typeof value === 'function'),
});
const scheduleModule = z.object({
  handler: z.custom<(event: object, context: Context) => Promise<unknown>>(
    (value) => typeof value === 'function',
  ),
});
const recordsAnswer = z.object({ batchItemFailures: z.array(z.unknown()) });

const [order] = z.tuple([orderSchema]).parse((await once(process, 'message')).slice(0, 1));
process.send?.(await measure(order));
process.disconnect();

async function measure({ file, call, warmCalls }: Order): Promise<Measured> {
  const started = performance.now();
  const run = callerOf(await import(file), call);
  const answer = await run();
  const coldMs = performance.now() - started;
  const warmMs: number[] = [];
  for (let index = 0; index < warmCalls; index++) {
    const before = performance.now();
    await run();
    warmMs.push(performance.now() - before);
  }
  return { answer, coldMs, warmMs };
}

/** Calls the module's handler, and tells from its answer the one number of interest. */
function callerOf(module: unknown, call: Call): () => Promise<number> {
  if (call.kind === 'request') {
    const { handler } = apiModule.parse(module);
    return async () => (await apiCall(handler, call)).status;
  }
  const context = lambdaContext('function', 'request-1');
  if (call.kind === 'schedule') {
    const { handler } = scheduleModule.parse(module);
    return async () => {
      await handler({}, context);
      return 0;
    };
  }
  const { handler } = recordsModule.parse(module);
  return async () => {
    const answer = await handler({ Records: call.records }, context);
    return recordsAnswer.parse(answer).batchItemFailures.length;
  };
}
