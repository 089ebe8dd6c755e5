import { ulid } from 'ulid';
import { servedOpenApi } from './api.ts';
import type { Operation } from './openapi-check.ts';
import { standingPhoto } from './standing-content.ts';

/**
 * Who may call an operation. `participants` are the two of a thread; for everybody else, admin
 * included, there is no such thread. `owner or admin`: for everybody else there is no such object.
 */
export type Policy =
  | 'open'
  | 'anyone'
  | 'itself or admin'
  | 'admin'
  | 'participants'
  | 'owner or admin';

/** What `{id}` in a path names, and with what its ids begin. */
const idPrefixes = {
  action: 'act_',
  message: 'msg_',
  thread: 'thr_',
  hook: 'hook_',
  delivery: 'del_',
  pushItem: 'push_',
  pushRun: 'run_',
} as const;
export type ObjectKind = keyof typeof idPrefixes;

/** Objects that operations are called on. */
export type Objects = Partial<Record<ObjectKind, string>>;

interface Expectation {
  policy: Policy;
  /**
   * What a caller is answered who may call it: for a resource without anything, but for a message,
   * thread, hook or delivery that there is.
   */
  status: number;
  /** A good body, where one is taken. */
  body?: Record<string, unknown>;
  /** A good query, where one is needed. */
  query?: Record<string, string>;
  /** Largest body in bytes, where it is another than the general one. */
  bodyLimitBytes?: number;
  /** What `{id}` names, where the path has one. */
  object?: ObjectKind;
  /** Path parameters that are no references, and content that there is: see `standing-content.ts`. */
  fixed?: Record<string, string>;
  /** The reference names somebody else than the caller, who is refused for itself. */
  ofSomebodyElse?: true;
}

/** A hook that nothing is posted to: nobody sends such events, and nobody listens there. */
export const idleHook = { target: 'http://127.0.0.1:1/', events: ['nothing.*'] };

const longAgo = '2026-01-01T00:00:00Z';

/** Routes that take a message's text. */
const messageBytes = 1024 * 1024;

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
  deleteAction: { policy: 'itself or admin', status: 404, object: 'action' },
  listPrivateTimeline: { policy: 'itself or admin', status: 200 },
  addNotification: { policy: 'admin', status: 201, body: { actor: 'user:x', verb: 'join' } },
  removeFromPrivateTimeline: { policy: 'itself or admin', status: 404, object: 'action' },
  listPublicTimeline: { policy: 'anyone', status: 200 },
  countPrivateTimeline: { policy: 'itself or admin', status: 200 },
  countPublicTimeline: { policy: 'anyone', status: 200 },
  countUnread: { policy: 'itself or admin', status: 200 },
  putReadMark: { policy: 'itself or admin', status: 200, body: {} },
  getReadMark: { policy: 'itself or admin', status: 200 },
  sendMessage: {
    policy: 'anyone',
    status: 201,
    body: { recipient: 'user:x', subject: 'x', body: 'x' },
    bodyLimitBytes: messageBytes,
  },
  getMessage: { policy: 'participants', status: 200, object: 'message' },
  markMessageRead: { policy: 'participants', status: 200, object: 'message' },
  markMessageUnread: { policy: 'participants', status: 200, object: 'message' },
  deleteMessage: { policy: 'participants', status: 204, object: 'message' },
  listThreads: { policy: 'anyone', status: 200 },
  getThread: { policy: 'participants', status: 200, object: 'thread' },
  deleteThread: { policy: 'participants', status: 204, object: 'thread' },
  listMessages: { policy: 'participants', status: 200, object: 'thread' },
  replyToThread: {
    policy: 'participants',
    status: 201,
    body: { body: 'x' },
    bodyLimitBytes: messageBytes,
    object: 'thread',
  },
  markThreadRead: { policy: 'participants', status: 200, object: 'thread' },
  countUnreadMessages: { policy: 'anyone', status: 200 },
  blockUser: { policy: 'anyone', status: 200, ofSomebodyElse: true },
  unblockUser: { policy: 'anyone', status: 204, ofSomebodyElse: true },
  getBlock: { policy: 'anyone', status: 404, ofSomebodyElse: true },
  listBlocks: { policy: 'anyone', status: 200 },
  createHook: { policy: 'anyone', status: 201, body: idleHook },
  listHooks: { policy: 'anyone', status: 200 },
  getHook: { policy: 'owner or admin', status: 200, object: 'hook' },
  changeHook: { policy: 'owner or admin', status: 200, body: { description: 'x' }, object: 'hook' },
  deleteHook: { policy: 'owner or admin', status: 204, object: 'hook' },
  rotateSecret: { policy: 'owner or admin', status: 200, body: {}, object: 'hook' },
  pingHook: { policy: 'owner or admin', status: 202, object: 'hook' },
  listDeliveries: { policy: 'owner or admin', status: 200, object: 'hook' },
  getDelivery: { policy: 'owner or admin', status: 200, object: 'delivery' },
  listFailures: { policy: 'anyone', status: 200 },
  retryFailures: { policy: 'anyone', status: 202, body: { event: 'nothing' } },
  deleteFailures: { policy: 'anyone', status: 202, query: { event: 'nothing' } },
  listStored: { policy: 'anyone', status: 200 },
  deliverStored: { policy: 'anyone', status: 202, body: { ids: ['del_x'] } },
  replayDeliveries: {
    policy: 'owner or admin',
    status: 202,
    body: { since: longAgo },
    object: 'hook',
  },
  sendEvent: {
    policy: 'admin',
    status: 202,
    body: { type: 'article.published', data: { article: 'article:x', title: 'x' } },
  },
  listEventTypes: { policy: 'anyone', status: 200 },
  putContent: {
    policy: 'admin',
    status: 200,
    fixed: standingPhoto,
    body: { fields: { title: 'Standing' } },
  },
  getContent: { policy: 'admin', status: 200, fixed: standingPhoto },
  deleteContent: { policy: 'admin', status: 404, fixed: { type: 'photo', id: 'nothing' } },
  listContent: { policy: 'admin', status: 200, fixed: { type: 'photo' } },
  uploadBinary: {
    policy: 'admin',
    status: 200,
    fixed: { ...standingPhoto, name: 'original' },
  },
  listPushItems: { policy: 'admin', status: 200 },
  getPushItem: { policy: 'admin', status: 404, object: 'pushItem' },
  resetPushItem: { policy: 'admin', status: 404, object: 'pushItem' },
  resetPushItems: { policy: 'admin', status: 202, body: { status: 'GET_DIRECTORY_ERROR' } },
  cleanPushQueue: { policy: 'admin', status: 200, body: { dryRun: true } },
  cleanPushExport: { policy: 'admin', status: 200, body: { dryRun: true } },
  checkPushQueue: { policy: 'admin', status: 200 },
  startPushRun: { policy: 'admin', status: 202, body: { rule: 'partner-stories' } },
  startMassRun: {
    policy: 'admin',
    status: 202,
    fixed: { rule: 'weekly-digest' },
    body: { args: ['2001-01-01'] },
  },
  getPushRun: { policy: 'admin', status: 404, object: 'pushRun' },
  listPushRuns: { policy: 'admin', status: 200 },
  listPushRules: { policy: 'admin', status: 200 },
  listPushTargets: { policy: 'admin', status: 200 },
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
export function referencesOf({ path, fixed = {} }: ExpectedOperation): string[] {
  return [...path.matchAll(/\{(\w+)\}/gu)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'id' && !(name in fixed));
}

/**
 * A path of the operation below `/v1`; references that are not given are of nobody known, objects that
 * are not given of none that there is.
 */
export function pathOf(
  operation: ExpectedOperation,
  references: Record<string, string>,
  objects: Objects = {},
): string {
  return operation.path
    .replace(/^\/v1/u, '')
    .replaceAll(/\{(\w+)\}/gu, (_match, name: string) =>
      encodeURIComponent(
        operation.fixed?.[name] ??
          (name === 'id' ? objectOf(operation, objects) : (references[name] ?? 'user:nobody')),
      ),
    );
}

function objectOf({ operationId, object }: ExpectedOperation, objects: Objects): string {
  if (object === undefined) throw new Error(`what {id} names in ${operationId} is not known yet`);
  return objects[object] ?? `${idPrefixes[object]}${ulid()}`;
}
