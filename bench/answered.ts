import type { HttpHandler } from '../lambdas/shared/http/api-handler.ts';
import { apiCall } from '../test/support/api-call.ts';
import type { ApiCall } from '../test/support/api-call.ts';

/** A request that must be answered with this status: what is measured must also have worked. */
export async function answered(
  handler: HttpHandler,
  status: number,
  call: ApiCall,
): Promise<unknown> {
  const answer = await apiCall(handler, call);
  if (answer.status !== status) {
    throw new Error(
      `${call.method} ${call.url} answered ${String(answer.status)}: ${JSON.stringify(answer.body)}`,
    );
  }
  return answer.body;
}
