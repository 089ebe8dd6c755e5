import * as z from 'zod';
import { photo, story } from '../../../../config/content-types.ts';
import type {
  ContentStore,
  StoredContent,
} from '../../../../lambdas/push/content/content-store.ts';
import { putContent } from '../../../../lambdas/push/content/put-content.ts';
import type { PutOutcome } from '../../../../lambdas/push/content/put-content.ts';
import type { ContentType } from '../../../../lambdas/shared/define/content-type.ts';
import { countingUlids } from '../../../support/follow-writing.ts';
import { InMemoryBinaryStore } from '../../../support/push/in-memory-binary-store.ts';
import { InMemoryContentStore } from '../../../support/push/in-memory-content-store.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

/** A type whose fields may be anything. */
export const note: ContentType = {
  type: 'note',
  schema: z.looseObject({}),
  binaries: ['scan', 'sound'],
};

/** Content over doubles, and every version that was ever stored. */
export class ContentScene {
  readonly clock = virtualClock(Date.parse('2026-11-21T10:30:00Z'));
  readonly newUlid = countingUlids();
  readonly binaries = new InMemoryBinaryStore(this.clock.now);
  readonly types: ReadonlyMap<string, ContentType> = new Map<string, ContentType>([
    ['story', story],
    ['photo', photo],
    ['note', note],
  ]);
  readonly pace = {
    now: this.clock.now,
    sleep: this.clock.sleep,
    random: seededRandom(1),
    patienceMs: 3_600_000,
  };
  /** What took effect, in order; removals as `undefined`. */
  readonly written: (StoredContent | undefined)[] = [];
  readonly content: ContentStore = this.#recorded(new InMemoryContentStore());

  #recorded(store: InMemoryContentStore): ContentStore {
    return {
      get: async (ref) => store.get(ref),
      list: async (type, page) => store.list(type, page),
      put: async (content) => {
        const before = await store.get(content.ref);
        const isStored = await store.put(content);
        const isNew = before?.version !== content.version || before.ulid !== content.ulid;
        if (isStored && isNew) this.written.push(structuredClone(content));
        return isStored;
      },
      remove: async (content) => {
        const isRemoved = await store.remove(content);
        if (isRemoved) this.written.push(undefined);
        return isRemoved;
      },
    };
  }

  /** Puts a note with these fields, through a store that may be another. */
  async put(
    fields: Record<string, unknown>,
    { related = [], content = this.content }: { related?: string[]; content?: ContentStore } = {},
  ): Promise<PutOutcome> {
    const given = { type: note, id: '1', fields, related };
    return putContent({ content, newUlid: this.newUlid, pace: this.pace }, given);
  }
}
