import { describe, expect, test } from '@jest/globals';
import { call, servedOpenApi } from '../support/e2e/api.ts';
import {
  expectations,
  expectedOperations,
  pathOf,
  referencesOf,
} from '../support/e2e/operations.ts';
import { admin, newPeople } from '../support/e2e/people.ts';

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

describe.each(Object.entries(expectations))('%s (for %j)', (operationId, { policy }) => {
  test.each(['nobody', 'somebody else', 'itself', 'admin'])('called by %s', async (role) => {
    const operation = (await expectedOperations()).find((one) => one.operationId === operationId);
    if (!operation) throw new Error(`no operation ${operationId}`);
    const [owner, other] = await newPeople('matrix', 2);
    const [first] = referencesOf(operation);
    const path = pathOf(operation, first === undefined ? {} : { [first]: owner.ref });
    const callers = {
      nobody: undefined,
      'somebody else': other,
      itself: owner,
      admin: await admin(),
    };
    const allowedRoles = {
      open: ['nobody', 'somebody else', 'itself', 'admin'],
      anyone: ['somebody else', 'itself', 'admin'],
      'itself or admin': ['itself', 'admin'],
      admin: ['admin'],
    }[policy];
    const caller = callers[role as keyof typeof callers];
    const { body } = operation;
    const answer = await call(caller, operation.method, path, body === undefined ? {} : { body });
    const refused = role === 'nobody' ? 401 : 403;
    expect(answer.status).toBe(allowedRoles.includes(role) ? operation.status : refused);
  });
});
