import type {
  PushRule,
  SequentialRule,
  Supervisor,
} from '../../../../lambdas/shared/define/push-rule.ts';
import type { StoredContent } from '../../../../lambdas/push/content/content-store.ts';
import type { Row } from '../../../../lambdas/push/queue/row.ts';
import type { RowStore } from '../../../../lambdas/push/queue/row-store.ts';
import { selectContent } from '../../../../lambdas/push/rules/select-content.ts';
import type { ContentChange } from '../../../../lambdas/push/rules/select-content.ts';
import type { ContentStore } from '../../../../lambdas/push/content/content-store.ts';
import { stableUlid } from '../../../../lambdas/shared/identifier.ts';
import { InMemoryContentStore } from '../../../support/push/in-memory-content-store.ts';
import { InMemoryRowStore } from '../../../support/push/in-memory-row-store.ts';

export const atMs = Date.parse('2026-11-21T10:30:00Z');

/** A story as it is stored. */
export function storedStory(more: Partial<StoredContent> = {}): StoredContent {
  return {
    ref: 'story:7',
    type: 'story',
    id: '7',
    version: 1,
    ulid: stableUlid(atMs, 'story:7'),
    fields: { title: 'A' },
    related: [],
    binaries: [],
    createdAt: '2026-11-21T10:30:00.000Z',
    updatedAt: '2026-11-21T10:30:00.000Z',
    ...more,
  };
}

/** What the relay says of a change of it. */
export function changeOf(content: StoredContent, more: Partial<ContentChange> = {}): ContentChange {
  const { ref, ulid, version } = content;
  return {
    kind: 'select',
    ref,
    item: ulid,
    version,
    created: version === 1,
    changed: ['title'],
    atMs: atMs + version,
    ...more,
  };
}

export function sequential(name: string, supervisor: Partial<Supervisor>): SequentialRule {
  return {
    kind: 'sequential',
    name,
    description: 'A rule of a test.',
    targets: ['here', 'there'],
    supervise: () => ({ outputs: () => [], ...supervisor }),
  };
}

/** Selection over doubles. Time stands still until `timeIsOver`. */
export class RuleScene {
  readonly content: ContentStore = new InMemoryContentStore();
  readonly rows: RowStore = new InMemoryRowStore();
  readonly #waits = new Set<() => void>();

  readonly pace = {
    now: () => atMs,
    wait: async (_ms: number, signal: AbortSignal): Promise<void> => {
      await new Promise<void>((resolve, reject) => {
        this.#waits.add(resolve);
        signal.addEventListener('abort', () => {
          this.#waits.delete(resolve);
          reject(new Error('aborted'));
        });
      });
    },
  };

  /** Questions that are being asked. */
  get asked(): number {
    return this.#waits.size;
  }

  timeIsOver(): void {
    for (const resolve of this.#waits) resolve();
  }

  async select(
    rules: readonly PushRule[],
    change: ContentChange,
    { content = this.content, rows = this.rows }: { content?: ContentStore; rows?: RowStore } = {},
  ): Promise<void> {
    await selectContent(
      { content, rows, rules, types: ['story', 'photo'], pace: this.pace },
      change,
    );
  }

  async allRows(): Promise<Row[]> {
    return (await this.rows.list({}, { after: undefined, limit: 10_000 })).items;
  }

  /** What the queue holds, a word for each row. */
  async queue(): Promise<string[]> {
    const rows = await this.allRows();
    return rows
      .map(({ rule, target, content, status }) => `${rule} ${target} ${content} ${status}`)
      .toSorted();
  }
}
