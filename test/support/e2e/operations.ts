import { ulid } from 'ulid';
import { servedOpenApi } from './api.ts';
import type { Operation } from './openapi-check.ts';

/** Who may call an operation on a resource. */
export type Policy = 'open' | 'anyone' | 'itself or admin' | 'admin';

interface Expectation {
  policy: Policy;
  /** What a caller is answered who may call it, for a resource without anything. */
  status: number;
  /** A good body, where one is taken. */
  body?: Record<string, unknown>;
}

/**
 * What tests that go through all operations must know of each. An operation that is missing here fails
 * them, so that a new route cannot be forgotten.
 */
export const expectations: Readonly<Record<string, Expectation>> = {
  getHealth: { policy: 'open', status: 200 },
  getOpenApi: { policy: 'open', status: 200 },
  follow: { policy: 'itself or admin', status: 201 },
  unfollow: { policy: 'itself or admin', status: 200 },
  getFollowing: { policy: 'anyone', status: 404 },
  listFollowers: { policy: 'anyone', status: 200 },
  listFollowings: { policy: 'anyone', status: 200 },
  listFriends: { policy: 'anyone', status: 200 },
  getCounts: { policy: 'anyone', status: 200 },
  compareRelations: { policy: 'anyone', status: 200, body: { others: ['user:x'] } },
  eraseResource: { policy: 'admin', status: 202 },
  getErasure: { policy: 'admin', status: 404 },
  createAction: { policy: 'itself or admin', status: 201, body: { verb: 'join' } },
  deleteAction: { policy: 'itself or admin', status: 404 },
  listPrivateTimeline: { policy: 'itself or admin', status: 200 },
  addNotification: { policy: 'admin', status: 201, body: { actor: 'user:x', verb: 'join' } },
  removeFromPrivateTimeline: { policy: 'itself or admin', status: 404 },
  listPublicTimeline: { policy: 'anyone', status: 200 },
  countPrivateTimeline: { policy: 'itself or admin', status: 200 },
  countPublicTimeline: { policy: 'anyone', status: 200 },
  countUnread: { policy: 'itself or admin', status: 200 },
  putReadMark: { policy: 'itself or admin', status: 200, body: {} },
  getReadMark: { policy: 'itself or admin', status: 200 },
};

/** An operation of the served document with what is expected of it; throws where nothing is. */
export interface ExpectedOperation extends Operation, Expectation {}

export async function expectedOperations(): Promise<ExpectedOperation[]> {
  const { operations } = await servedOpenApi();
  return operations.map((operation) => {
    const expectation = expectations[operation.operationId];
    if (!expectation) throw new Error(`nothing is expected of ${operation.operationId} yet`);
    return { ...operation, ...expectation };
  });
}

/** Names of an operation's path parameters that hold a reference, in their order. */
export function referencesOf({ path }: Operation): string[] {
  return [...path.matchAll(/\{(\w+)\}/gu)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'id');
}

/** A path of the operation below `/v1`; references that are not given are of nobody known. */
export function pathOf(operation: Operation, references: Record<string, string>): string {
  return operation.path
    .replace(/^\/v1/u, '')
    .replaceAll(/\{(\w+)\}/gu, (_match, name: string) =>
      encodeURIComponent(references[name] ?? (name === 'id' ? `act_${ulid()}` : 'user:nobody')),
    );
}
