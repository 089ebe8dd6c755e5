import type { ConvoStore } from './convo-store.ts';
import { isRead } from './thread-side.ts';
import type { MessageCopy, ThreadSide } from './thread-side.ts';

/** A message of a list; with its body where that was asked for. */
export interface ListedMessage extends MessageCopy {
  isRead: boolean;
  body?: string;
}

export interface MessagePage {
  items: ListedMessage[];
  /** Where the next page continues; absent at the end. */
  next?: string | undefined;
}

export interface MessageQuery {
  order: 'asc' | 'desc';
  /** `next` of the page before. */
  after?: string | undefined;
  limit: number;
  /** Whole bodies. The page then ends before its answer gets too large for a function. */
  full: boolean;
}

/** Bytes of bodies in one answer: a function answers at most 6 MB, and a body has at most 256 KB. */
const maxBodiesBytes = 4 * 1024 * 1024;

/** A page of the active messages of a side. One Query, and for bodies one BatchGetItem. */
export async function messagePage(
  store: Pick<ConvoStore, 'copies' | 'bodies'>,
  side: ThreadSide,
  { order, after, limit, full }: MessageQuery,
): Promise<MessagePage> {
  const { owner, thread, cleared } = side;
  const copies = await store.copies(owner, thread, {
    above: order === 'asc' ? later(after, cleared) : cleared,
    below: order === 'desc' ? after : undefined,
    order,
    limit: limit + 1,
  });
  const shown = full ? fitting(copies.slice(0, limit)) : copies.slice(0, limit);
  const bodies = full ? await store.bodies(shown.map(({ ulid }) => ulid)) : undefined;
  return {
    // Without a body it was deleted by both while this was read.
    items: shown
      .filter(({ ulid }) => !bodies || bodies.has(ulid))
      .map((copy) => ({
        ...copy,
        isRead: isRead(side, copy),
        ...(bodies && { body: bodies.get(copy.ulid) ?? '' }),
      })),
    next: copies.length > shown.length ? shown.at(-1)?.ulid : undefined,
  };
}

/** The thread may have been deleted since the page before. */
function later(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}

/** As many of the first copies as an answer can carry with their bodies, at least one. */
function fitting(copies: readonly MessageCopy[]): MessageCopy[] {
  let bytes = 0;
  const end = copies.findIndex((copy, index) => {
    bytes += copy.bytes;
    return index > 0 && bytes > maxBodiesBytes;
  });
  return end < 0 ? [...copies] : copies.slice(0, end);
}
