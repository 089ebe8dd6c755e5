import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { measuredSchema } from './order.ts';
import type { Measured, Order } from './order.ts';
import type { Bundle } from './synthesise.ts';

/** A process that has not answered by then never will. */
const timeoutMs = 30_000;

/**
 * Starts a function in a process of its own, with the environment that it is deployed with and
 * nothing else, and measures it there. What it logs goes nowhere.
 */
export async function runFunction(
  { file, environment }: Bundle,
  order: Omit<Order, 'file'>,
  surroundings: Record<string, string>,
): Promise<Measured> {
  const child = fork(join(import.meta.dirname, 'function-process.ts'), {
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      ...environment,
      ...surroundings,
    },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: timeoutMs,
  });
  child.send({ file, ...order });
  const answer: unknown = await Promise.race([
    once(child, 'message').then(([message]: unknown[]) => message),
    once(child, 'exit').then(([code]: unknown[]) => {
      throw new Error(`${file} ended with ${String(code)} before it answered`);
    }),
  ]);
  return measuredSchema.parse(answer);
}
