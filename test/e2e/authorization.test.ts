import { describe, expect, test } from '@jest/globals';
import { call, servedOpenApi } from '../support/e2e/api.ts';
import { send } from '../support/e2e/convos.ts';
import {
  expectations,
  expectedOperations,
  pathOf,
  referencesOf,
} from '../support/e2e/operations.ts';
import type { ExpectedOperation, Policy } from '../support/e2e/operations.ts';
import { admin, newPeople } from '../support/e2e/people.ts';

/** Of a message or thread the owner is its sender; of a resource it is the resource itself. */
const roles = ['owner', 'other participant', 'stranger', 'admin', 'nobody'] as const;
type Role = (typeof roles)[number];

const allowedRoles: Readonly<Record<Policy, readonly Role[]>> = {
  open: roles,
  anyone: ['owner', 'other participant', 'stranger', 'admin'],
  'itself or admin': ['owner', 'admin'],
  admin: ['admin'],
  participants: ['owner', 'other participant'],
};

function expectedStatus({ policy, status }: ExpectedOperation, role: Role): number {
  if (allowedRoles[policy].includes(role)) return status;
  if (role === 'nobody') return 401;
  return policy === 'participants' ? 404 : 403;
}

test('every operation has its rule, and every rule its operation', async () => {
  const { operations } = await servedOpenApi();
  const ids = operations.map(({ operationId }) => operationId);
  expect(ids.toSorted()).toEqual(Object.keys(expectations).toSorted());
});

test('the document says of each operation whether it needs a token', async () => {
  for (const { operationId, security, policy } of await expectedOperations()) {
    expect([operationId, security]).toEqual([
      operationId,
      policy === 'open' ? [] : [{ token: [] }],
    ]);
  }
});

describe.each(Object.entries(expectations))('%s (for %j)', (operationId) => {
  test.each(roles)('called by %s', async (role) => {
    const operation = (await expectedOperations()).find((one) => one.operationId === operationId);
    if (!operation) throw new Error(`no operation ${operationId}`);
    const [owner, other, stranger] = await newPeople('matrix', 3);
    const message = operation.policy === 'participants' ? await send(owner, other) : undefined;
    const [first] = referencesOf(operation);
    const path = pathOf(
      operation,
      first === undefined || operation.ofSomebodyElse ? {} : { [first]: owner.ref },
      message && { message: message.id, thread: message.threadId },
    );
    const callers = {
      owner,
      'other participant': other,
      stranger,
      admin: await admin(),
      nobody: undefined,
    };
    const { body } = operation;
    const answer = await call(
      callers[role],
      operation.method,
      path,
      body === undefined ? {} : { body },
    );
    expect(answer.status).toBe(expectedStatus(operation, role));
  });
});
