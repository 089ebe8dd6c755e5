import * as z from 'zod';
import type { WorkJob } from '../../../../lambdas/push/contract.ts';
import type { NewRow } from '../../../../lambdas/push/queue/row-store.ts';
import type { Row } from '../../../../lambdas/push/queue/row.ts';
import type { FailedStatus } from '../../../../lambdas/push/queue/status.ts';
import { pushRoutes } from '../../../../lambdas/push/routes.ts';
import type { PushRouting } from '../../../../lambdas/push/routes.ts';
import { ruleBook } from '../../../../lambdas/push/rules/rule-book.ts';
import { pushSettings } from '../../../../lambdas/push/settings.ts';
import { defineContentType } from '../../../../lambdas/shared/define/content-type.ts';
import {
  definePushRule,
  template,
  validator,
  wellFormed,
  xsd,
  zip,
} from '../../../../lambdas/shared/define/push-rule.ts';
import { definePushTarget } from '../../../../lambdas/shared/define/push-target.ts';
import { TransientError } from '../../../../lambdas/shared/errors.ts';
import { apiHandler } from '../../../../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../../../../lambdas/shared/http/cursor.ts';
import { randomUlid, stableUlid } from '../../../../lambdas/shared/identifier.ts';
import { apiCall } from '../../../support/api-call.ts';
import type { ApiAnswer, ApiCall } from '../../../support/api-call.ts';
import { InMemoryIdempotency } from '../../../support/in-memory-timelines-idempotency.ts';
import { InMemoryBinaryStore } from '../../../support/push/in-memory-binary-store.ts';
import { InMemoryContentStore } from '../../../support/push/in-memory-content-store.ts';
import { InMemoryOutbox } from '../../../support/push/in-memory-outbox.ts';
import { InMemoryRowStore } from '../../../support/push/in-memory-row-store.ts';
import { InMemoryRunStore } from '../../../support/push/in-memory-run-store.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const rules = [
  definePushRule({
    kind: 'sequential',
    name: 'stories',
    description: 'Stories for a partner.',
    targets: ['north', 'south'],
    supervise: () => ({ outputs: () => [template()] }),
    validators: [wellFormed(), xsd('stories/news.xsd'), validator('short', () => undefined)],
  }),
  definePushRule({
    kind: 'mass',
    name: 'digest',
    description: 'All of a week.',
    targets: ['north'],
    supervise: () => ({ outputs: () => [template()] }),
    pack: zip('digest.zip'),
    items: async function* () {},
  }),
];

/** Another mass rule, which has the same targets. */
const archive = definePushRule({
  kind: 'mass',
  name: 'archive',
  description: 'All there is.',
  targets: ['north'],
  supervise: () => undefined,
  items: async function* () {},
});

const targets = [
  definePushTarget({ name: 'south', url: 'ftp://south.example.org//drop', atomic: false }),
  definePushTarget({
    name: 'north',
    url: 'sftp://north.example.org:2222/in',
    secret: 'sequitur/north',
    hostKeys: ['SHA256:one', 'SHA256:two'],
    doneMarker: '.done',
    concurrency: 3,
  }),
];

type Call = Pick<ApiCall, 'method' | 'url' | 'body' | 'headers'>;

/** The API of push as its function serves it, over stores in memory. */
export function pushApi(more: Partial<PushRouting> = {}) {
  const clock = virtualClock(Date.parse('2026-11-21T10:30:00Z'));
  const rows = new InMemoryRowStore();
  const runs = new InMemoryRunStore();
  const binaries = new InMemoryBinaryStore(clock.now);
  const outbox = new InMemoryOutbox(binaries.files, clock.now);
  const jobs: WorkJob[] = [];
  const book = ruleBook([...rules, archive], targets, {
    south: { url: 'ftp://me:secret@south.example.org//drop' },
  });
  const parts: PushRouting = {
    book,
    rows,
    runs,
    outbox,
    binaries,
    content: new InMemoryContentStore(),
    contentTypes: [defineContentType({ type: 'story', schema: z.strictObject({}) })],
    jobs: {
      send: async (sent) => {
        await Promise.resolve();
        jobs.push(...sent);
      },
    },
    idempotency: new InMemoryIdempotency(clock.now),
    cursors: signedCursors(() => Promise.resolve(Buffer.from('a key of the test'))),
    settings: pushSettings.parse({}),
    newUlid: randomUlid,
    now: clock.now,
    pace: { now: clock.now, sleep: clock.sleep, random: Math.random, patienceMs: 20_000 },
    ...more,
  };
  const handler = apiHandler({ routes: pushRoutes(parts), log: silentLog(), userType: 'user' });
  const call = async (one: ApiCall): Promise<ApiAnswer> => apiCall(handler, one);

  /** A row of now, or of so many seconds ago. */
  const newRow = (content: string, row: Partial<NewRow> = {}): NewRow => {
    const createdMs = row.createdMs ?? clock.now();
    const all = { rule: 'stories', target: 'north', content, createdMs, ...row };
    return { ulid: stableUlid(createdMs, JSON.stringify(all)), ...all };
  };

  return {
    clock,
    rows,
    runs,
    outbox,
    jobs,
    call,
    admin: async (one: Call) => call({ sub: 'root', admin: true, ...one }),
    /** A NEW row. */
    waiting: async (content: string, row?: Partial<NewRow>): Promise<Row> => {
      const made = newRow(content, row);
      await rows.enqueue(made);
      return stored(rows, made.ulid);
    },
    failed: async (
      content: string,
      status: FailedStatus = 'SEND_ERROR',
      row?: Partial<NewRow>,
    ): Promise<Row> => {
      const made = newRow(content, row);
      await rows.record(made, status, 'no');
      return stored(rows, made.ulid);
    },
    pushed: async (content: string, row?: Partial<NewRow>): Promise<Row> => {
      const made = newRow(content, row);
      await rows.enqueue(made);
      const claimed = await rows.claim(made.ulid, {
        claim: { lane: 'north#0', epoch: 1 },
        run: randomUlid(clock.now()),
      });
      if (!claimed) throw new Error('not claimed');
      const attempt = { atMs: clock.now(), durationMs: 7, outcome: 'sent', message: 'ok' } as const;
      const outcome = { status: 'PUSHED', message: 'ok', attempts: [attempt] } as const;
      await rows.finish(claimed, outcome, clock.now());
      return stored(rows, made.ulid);
    },
  };
}
export type PushApi = ReturnType<typeof pushApi>;

async function stored(rows: InMemoryRowStore, ulid: string): Promise<Row> {
  const row = await rows.get(ulid);
  if (!row) throw new Error('no such row');
  return row;
}

/** The first renewal happens, and nobody hears of it. */
export function loseFirstRenewal({ rows }: PushApi): void {
  const renew = rows.renew.bind(rows);
  rows.renew = async (read, how) => {
    rows.renew = renew;
    await renew(read, how);
    throw new TransientError('the answer was lost');
  };
}

/** All items of a list, page by page. */
export async function walk(api: PushApi, url: string, limit: number): Promise<unknown[]> {
  const found: unknown[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(limit), ...(cursor && { cursor }) });
    const { status, body } = await api.admin({ method: 'GET', url: `${url}?${query.toString()}` });
    if (status !== 200) throw new Error(JSON.stringify(body));
    const page = body as { items: unknown[]; nextCursor?: string };
    if (page.items.length > limit) throw new Error('more than asked for');
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

/** Places of what was wrong in a request. */
export function wrong({ body }: ApiAnswer): string[] {
  return ((body as { errors?: { path: string }[] }).errors ?? []).map(({ path }) => path);
}

export function detail({ body }: ApiAnswer): string {
  return (body as { detail: string }).detail;
}
