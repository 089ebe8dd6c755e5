import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { call, stackUnderTest } from './api.ts';
import type { Answer } from './api.ts';
import { eventually } from './eventually.ts';
import { admin, uniqueId } from './people.ts';
import { pagesOf } from './walk.ts';
import type { Query } from './walk.ts';

/** An item of content as the API gives it. */
export interface Item {
  type: string;
  id: string;
  version: number;
  changed: string[];
  fields: Record<string, unknown>;
  related: string[];
  binaries: { name: string; size: number; sha256: string }[];
}

export interface Row {
  id: string;
  rule: string;
  target: string;
  content: string;
  status: string;
  statusCode: number;
  message: string;
  attempts: { at: string; durationMs: number; outcome: string; message: string }[];
  createdAt: string;
  lastAttemptAt?: string;
  runId?: string;
}

export interface Run {
  id: string;
  kind: string;
  rule?: string;
  state: string;
  startedAt: string;
  finishedAt?: string;
  counts: { selected: number; pushed: number; failed: number };
  messages: string[];
}

/** The two partners of the example. */
export const partners = ['partner-ftp', 'partner-sftp'] as const;

/** Long enough for the example's rule. */
export const longText = `<p>${'News &amp; more. '.repeat(40)}</p>`;

/** Fields of an online story that the example's rule takes. */
export function storyFields(more: object = {}) {
  return {
    title: 'A title',
    content: longText,
    state: 20,
    updatedAt: '2026-11-21T10:30:00.000Z',
    ...more,
  };
}

export async function putting(
  ref: string,
  body: object,
): Promise<Answer<Item & { errors?: { path: string; message: string }[] }>> {
  return call(await admin(), 'PUT', pathOfContent(ref), { body });
}

/** Puts an item and answers it. */
export async function put(ref: string, fields: object, related?: string[]): Promise<Item> {
  const { status, body } = await putting(ref, { fields, ...(related && { related }) });
  if (status !== 200 && status !== 201) {
    throw new Error(`PUT ${ref}: ${status} ${JSON.stringify(body)}`);
  }
  return body;
}

export function pathOfContent(ref: string): string {
  const colon = ref.indexOf(':');
  return `/content/${ref.slice(0, colon)}/${encodeURIComponent(ref.slice(colon + 1))}`;
}

/** A reference that no other test uses. */
export function newRef(type: string): string {
  return `${type}:${uniqueId('x')}`;
}

/** Asks where to, and uploads; the item has the file a moment later. */
export async function upload(ref: string, name: string, bytes: Uint8Array): Promise<void> {
  const { status, body } = await call<{ uploadUrl: string }>(
    await admin(),
    'POST',
    `${pathOfContent(ref)}/binaries/${name}`,
  );
  if (status !== 200) throw new Error(`no URL for ${name} of ${ref}: ${status}`);
  const answer = await fetch(body.uploadUrl, { method: 'PUT', body: new Uint8Array(bytes) });
  if (!answer.ok) throw new Error(`${name} of ${ref}: ${answer.status} ${await answer.text()}`);
}

/** Uploads, and waits until the item has the file. */
export async function uploaded(ref: string, name: string, bytes: Uint8Array): Promise<void> {
  const operator = await admin();
  const before = await call<Item>(operator, 'GET', pathOfContent(ref));
  await upload(ref, name, bytes);
  await eventually(async () => {
    const { body } = await call<Item>(operator, 'GET', pathOfContent(ref));
    if (body.version === before.body.version) throw new Error(`${name} of ${ref} is on its way`);
  });
}

/** A photo with its file. */
export async function newPhoto(bytes: Uint8Array): Promise<string> {
  const ref = newRef('photo');
  await put(ref, {});
  await uploaded(ref, 'original', bytes);
  return ref;
}

/** All rows of a list, newest first. */
export async function rows(query: Query): Promise<Row[]> {
  return (await pagesOf<Row>(await admin(), '/push/items', { limit: '100', ...query })).flat();
}

/** The rows of a content, when there are so many. */
export async function rowsOf(content: string, count: number): Promise<Row[]> {
  let found: Row[] = [];
  await eventually(async () => {
    found = await rows({ content });
    if (found.length !== count) throw new Error(`${content} has ${found.length} rows`);
  });
  return found;
}

/** Starts a run and answers its id. */
export async function startRun(path: string, body: object = {}): Promise<string> {
  const { status, body: answer } = await call<{ runId: string }>(await admin(), 'POST', path, {
    body,
  });
  if (status !== 202) throw new Error(`POST ${path}: ${status} ${JSON.stringify(answer)}`);
  return answer.runId;
}

/** How a run ended. */
export async function ended(runId: string): Promise<Run> {
  let run: Run | undefined;
  await eventually(async () => {
    const answer = await call<Run>(await admin(), 'GET', `/push/runs/${runId}`);
    if (answer.body.state === 'running') throw new Error(`${runId} is running`);
    run = answer.body;
  });
  if (!run) throw new Error('unreachable');
  return run;
}

/** Pushes what is NEW, and answers how that ended. */
export async function pushNow(): Promise<Run> {
  return ended(await startRun('/push/run'));
}

/** Rows of a content that have ended, so many of them, after a push. */
export async function pushed(content: string, count: number): Promise<Row[]> {
  await rowsOf(content, count);
  await pushNow();
  let found: Row[] = [];
  // Another run, the schedule's, may have had them.
  await eventually(async () => {
    found = await rows({ content });
    if (found.length !== count || found.some(({ statusCode }) => statusCode < 50)) {
      throw new Error(`${content}: ${found.map(({ status }) => status).join()}`);
    }
  });
  return found;
}

/** A file as it lies on the server of a partner of the example. */
export async function received(partner: (typeof partners)[number], path: string): Promise<Buffer> {
  return readFile(join(await rootOf(partner), path));
}

/** When a file came to a partner's server. */
export async function sentAt(partner: (typeof partners)[number], path: string): Promise<number> {
  return (await stat(join(await rootOf(partner), path))).mtimeMs;
}

/** Names of all that lies in a folder of a partner's server, temporary files too. */
export async function filesOf(partner: (typeof partners)[number], folder = '.'): Promise<string[]> {
  return readdir(join(await rootOf(partner), folder));
}

async function rootOf(partner: (typeof partners)[number]): Promise<string> {
  const { sftp, ftp } = await stackUnderTest();
  const root = (partner === 'partner-sftp' ? sftp : ftp)?.root;
  if (root === undefined) throw new Error(`the stack has no server for ${partner}`);
  return root;
}
