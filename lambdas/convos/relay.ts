import { domainEvent } from '../shared/events/domain-event.ts';
import type { DomainEvent } from '../shared/events/domain-event.ts';
import { deliverEffects } from '../shared/events/deliver-effects.ts';
import type { Effect as EffectWith } from '../shared/events/deliver-effects.ts';
import type { Delivery, EventBus } from '../shared/events/event-bus.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import { rfc3339, ulidTime } from '../shared/identifier.ts';
import type { Change } from '../shared/stream-handler.ts';
import { boxPrefixes, prefixes } from './contract.ts';
import type { RemovedCopy, UpkeepJob } from './contract.ts';
import { copyOf, erasureOf, messageOf, sideOf } from './convo-rows.ts';
import { excerptOf } from './message-text.ts';
import { isFirst, messageId, threadId } from './message.ts';
import type { StoredMessage } from './message.ts';

/** What follows from a change of the convos' table. */
export type Effect = EffectWith<UpkeepJob>;

/** Turns a change into events for the bus and jobs for the upkeep; other rows say nothing. */
export function effectsOf(change: Change, { bodyInEvents }: { bodyInEvents: boolean }): Effect[] {
  const { pk, sk } = change.keys;
  if (pk.startsWith(prefixes.message)) return messageChanged(change, bodyInEvents);
  if (pk.startsWith(prefixes.erasure)) return erasureProgressed(change);
  if (!pk.startsWith(prefixes.box)) return [];
  if (sk.startsWith(boxPrefixes.copy)) return copyChanged(change);
  if (sk.startsWith(boxPrefixes.side)) return sideChanged(change);
  return [];
}

/** A message is written once; what changes later is that its text goes. */
function messageChanged({ kind, after }: Change, bodyInEvents: boolean): Effect[] {
  if (kind !== 'INSERT' || !after) return [];
  const message = messageOf(after);
  const sent = sentEvent(message, bodyInEvents);
  return isFirst(message)
    ? [{ event: threadCreated(message) }, { event: sent }]
    : [{ event: sent }];
}

function threadCreated({ ulid, thread, subject, sender, recipient }: StoredMessage): DomainEvent {
  const atMs = ulidTime(ulid);
  return domainEvent('thread.created', {
    atMs,
    seed: thread,
    audience: [sender, recipient],
    data: { id: threadId(thread), subject, sender, recipient, createdAt: rfc3339(atMs) },
  });
}

/** With the largest text an event stays below what the bus takes; a test holds that. */
function sentEvent(message: StoredMessage, bodyInEvents: boolean): DomainEvent {
  const { ulid, thread, subject, sender, recipient, body } = message;
  const atMs = ulidTime(ulid);
  const data = {
    id: messageId(ulid),
    threadId: threadId(thread),
    subject,
    sender,
    recipient,
    sentAt: rfc3339(atMs),
  };
  const withText = bodyInEvents && body !== undefined && { bodyExcerpt: excerptOf(body), body };
  return domainEvent('message.sent', {
    atMs,
    seed: ulid,
    audience: [sender, recipient],
    data: { ...data, ...withText },
  });
}

function copyChanged({ id, before, after }: Change): Effect[] {
  if (before && !after) {
    const { thread, ulid, other } = copyOf(before);
    return [{ job: { kind: 'release', copies: [{ thread, ulid, other }] } }];
  }
  if (!before || !after) return [];
  // A copy changes when it is marked, and only then. One's own has no `readAt`.
  const { thread, ulid, owner, other, mark, readAt } = copyOf(after);
  if (mark?.isRead !== true || readAt === undefined) return [];
  const about = { thread, reader: owner, sender: other, readAt };
  return [{ event: readEvent(id, about, { id: messageId(ulid) }) }];
}

function sideChanged({ id, before, after }: Change): Effect[] {
  if (!before || !after) return [];
  const was = sideOf(before);
  const { thread, owner, other, cleared, reads, readAt, readUpTo } = sideOf(after);
  const effects: Effect[] = [];
  const wasRead = reads !== was.reads && was.unread > 0;
  if (wasRead && readAt !== undefined && readUpTo !== undefined) {
    const about = { thread, reader: owner, sender: other, readAt };
    effects.push({ event: readEvent(id, about, { upTo: messageId(readUpTo) }) });
  }
  if (cleared !== undefined && cleared !== was.cleared) {
    effects.push({ job: { kind: 'clear', owner, thread, upTo: cleared } });
  }
  return effects;
}

function readEvent(
  changeId: string,
  about: { thread: string; reader: string; sender: string; readAt: number },
  what: { id: string } | { upTo: string },
): DomainEvent {
  const { thread, reader, sender, readAt } = about;
  const data = { threadId: threadId(thread), reader, sender, readAt: rfc3339(readAt), ...what };
  return domainEvent('message.read', {
    atMs: readAt,
    seed: changeId,
    audience: [reader, sender],
    data,
  });
}

function erasureProgressed({ id, atMs, after }: Change): Effect[] {
  if (!after) return [];
  const { ref, erasureId, removed, done } = erasureOf(after);
  const data = { ref, erasureId, part: 'convos', removed, done };
  return [{ event: domainEvent('erasure.progressed', { atMs, seed: id, audience: [], data }) }];
}

/** Copies that one job looks after; one BatchGetItem asks for as many. */
const copiesPerJob = 100;

/**
 * Sends effects on as `deliverEffects` does, copies that were removed at once in jobs together: a
 * thread that is deleted removes each of its copies.
 */
export async function deliver(
  to: { bus: EventBus; jobs: JobQueue<UpkeepJob> },
  effects: readonly Effect[],
): Promise<Delivery[]> {
  const jobs: JobQueue<UpkeepJob> = {
    send: async (sent, delaySeconds) => to.jobs.send(together(sent), delaySeconds),
  };
  return deliverEffects({ bus: to.bus, jobs }, effects);
}

function together(jobs: readonly UpkeepJob[]): UpkeepJob[] {
  const removed: RemovedCopy[] = [];
  const others: UpkeepJob[] = [];
  for (const job of jobs) {
    if (job.kind === 'release') removed.push(...job.copies);
    else others.push(job);
  }
  for (let start = 0; start < removed.length; start += copiesPerJob) {
    others.push({ kind: 'release', copies: removed.slice(start, start + copiesPerJob) });
  }
  return others;
}
