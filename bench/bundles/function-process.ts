import { once } from 'node:events';
import * as z from 'zod';
import type { HttpHandler } from '../../lambdas/shared/http/api-handler.ts';
import { apiCall } from '../../test/support/api-call.ts';
import { orderSchema } from './order.ts';
import type { Measured, Order } from './order.ts';

const moduleSchema = z.object({
  handler: z.custom<HttpHandler>((value) => typeof value === 'function'),
});

const [order] = z.tuple([orderSchema]).parse((await once(process, 'message')).slice(0, 1));
process.send?.(await measure(order));
process.disconnect();

async function measure({ file, call, warmCalls }: Order): Promise<Measured> {
  const started = performance.now();
  const { handler } = moduleSchema.parse(await import(file));
  const { status } = await apiCall(handler, call);
  const coldMs = performance.now() - started;
  const warmMs: number[] = [];
  for (let index = 0; index < warmCalls; index++) {
    const before = performance.now();
    await apiCall(handler, call);
    warmMs.push(performance.now() - before);
  }
  return { status, coldMs, warmMs };
}
