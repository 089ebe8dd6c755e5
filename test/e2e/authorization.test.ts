import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { call, servedOpenApi } from '../support/e2e/api.ts';
import { send } from '../support/e2e/convos.ts';
import { createHook, deleteHooks, noRetries, ping, settled } from '../support/e2e/hooks.ts';
import {
  expectations,
  expectedOperations,
  idleHook,
  pathOf,
  referencesOf,
} from '../support/e2e/operations.ts';
import type { ExpectedOperation, Objects, Policy } from '../support/e2e/operations.ts';
import { admin, newPeople } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import { putStandingContent } from '../support/e2e/standing-content.ts';

beforeAll(putStandingContent);
afterAll(deleteHooks);

/**
 * Of a message or thread the owner is its sender; of a resource it is the resource itself; of a
 * delivery it is its hook's.
 */
const roles = ['owner', 'other participant', 'stranger', 'admin', 'nobody'] as const;
type Role = (typeof roles)[number];

const allowedRoles: Readonly<Record<Policy, readonly Role[]>> = {
  open: roles,
  anyone: ['owner', 'other participant', 'stranger', 'admin'],
  'itself or admin': ['owner', 'admin'],
  admin: ['admin'],
  participants: ['owner', 'other participant'],
  'owner or admin': ['owner', 'admin'],
};

function expectedStatus({ policy, status }: ExpectedOperation, role: Role): number {
  if (allowedRoles[policy].includes(role)) return status;
  if (role === 'nobody') return 401;
  return policy === 'participants' || policy === 'owner or admin' ? 404 : 403;
}

/** What there is to call an operation on. */
async function objectsFor(
  { policy, object }: ExpectedOperation,
  owner: Person,
  other: Person,
): Promise<Objects> {
  if (policy === 'participants') {
    const { id, threadId } = await send(owner, other);
    return { message: id, thread: threadId };
  }
  if (policy !== 'owner or admin') return {};
  const { id } = await createHook(owner, idleHook.target, { ...idleHook, retry: noRetries });
  if (object !== 'delivery') return { hook: id };
  await ping(owner, id);
  return { hook: id, delivery: (await settled(owner, id, 'failed')).id };
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
    const objects = await objectsFor(operation, owner, other);
    const [first] = referencesOf(operation);
    const path = pathOf(
      operation,
      first === undefined || operation.ofSomebodyElse ? {} : { [first]: owner.ref },
      objects,
    );
    const callers = {
      owner,
      'other participant': other,
      stranger,
      admin: await admin(),
      nobody: undefined,
    };
    const { body, query } = operation;
    const answer = await call(callers[role], operation.method, path, {
      ...(body && { body }),
      ...(query && { query }),
    });
    expect(answer.status).toBe(expectedStatus(operation, role));
  });
});
