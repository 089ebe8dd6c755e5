import { createCipheriv } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Destination, OutgoingFile } from '../../../../lambdas/shared/define/push-sender.ts';
import type { Peer } from './peer.ts';

/** The same bytes each time, without a pattern that a lost or doubled piece would leave as it was. */
export function someBytes(count: number): Buffer {
  const stream = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  return stream.update(Buffer.alloc(count));
}

/** A file as the worker hands it out. */
export function outgoing(
  path: string,
  bytes: Buffer,
  more: Partial<OutgoingFile> = {},
): OutgoingFile {
  return {
    path,
    size: bytes.length,
    open: () => Promise.resolve(Readable.from(pieces(bytes), { objectMode: false })),
    mark: '01k000000000000000000000000e1',
    earlierMarks: [],
    ...more,
  };
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
}

/** A destination on a peer. */
export function destinationOn(
  peer: Pick<Peer, 'url' | 'credentials' | 'hostKeys' | 'ca'>,
  more: Partial<Omit<Destination, 'url'>> & { folder?: string } = {},
): Destination {
  const { folder = '', ...rest } = more;
  return {
    url: new URL(`${peer.url}${folder}`),
    credentials: peer.credentials,
    hostKeys: peer.hostKeys,
    ...(peer.ca === undefined ? {} : { ca: peer.ca }),
    atomic: true,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...rest,
  };
}

/** Paths of all files below a folder, sorted; hidden ones too. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((each) => each.isFile())
    .map((each) => `${each.parentPath}/${each.name}`.slice(folder.length + 1))
    .toSorted();
}
