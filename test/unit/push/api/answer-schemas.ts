import { expect } from '@jest/globals';
import { pushEndpoints } from '../../../../lambdas/push/endpoints.ts';

/** That an answer is one that the endpoint declares, and with it the OpenAPI document. */
export function endpointAnswers(operationId: string, status: number, body: unknown): void {
  const endpoint = pushEndpoints.find((one) => one.operationId === operationId);
  const schema = endpoint?.answers[status];
  if (!schema) throw new Error(`${operationId} does not answer ${String(status)}`);
  expect(schema.safeParse(body)).toMatchObject({ success: true });
}
