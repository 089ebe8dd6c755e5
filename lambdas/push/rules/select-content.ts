import type { PushRule } from '../../shared/define/push-rule.ts';
import { stableUlid } from '../../shared/identifier.ts';
import { asContent, contentReader } from '../content/content-reader.ts';
import type { ContentStore, StoredContent } from '../content/content-store.ts';
import type { SelectJob } from '../contract.ts';
import type { NewRow, RowStore } from '../queue/row-store.ts';
import type { FailedStatus } from '../queue/status.ts';
import { afterSelection } from './after-select.ts';
import { askRule } from './ask-rule.ts';
import { withinRuleTime } from './rule-time.ts';
import type { RulePace } from './rule-time.ts';

/** Time that the functions of one rule have together for one change. */
const ruleLimitMs = 10_000;

/** Rows that are made at the same time. */
const rowsAtOnce = 10;

export interface SelectParts {
  content: ContentStore;
  rows: RowStore;
  rules: readonly PushRule[];
  /** Names of the declared types of content. */
  types: readonly string[];
  pace: RulePace;
}

/** That an item had changed. */
export type ContentChange = Extract<SelectJob, { kind: 'select' }>;

/**
 * Asks every sequential rule whether a content that changed is to be pushed, as it is now, and puts it in
 * the queue for each of the rule's targets. What a rule throws becomes a row of its own, and neither
 * that nor a rule that hangs keeps the others from being asked. The same again makes no second row.
 *
 * @throws AggregateError when rows or content were out of reach for some rules: ask all again
 */
export async function selectContent(parts: SelectParts, change: ContentChange): Promise<void> {
  const content = await parts.content.get(change.ref);
  if (content?.ulid !== change.item) return;
  const failures: unknown[] = [];
  await Promise.all(
    parts.rules.map(async (rule) => {
      try {
        if (rule.kind === 'sequential') await selectBy(parts, { rule, content, change });
      } catch (error) {
        failures.push(error);
      }
    }),
  );
  if (failures.length > 0) {
    const names = failures.map((error) => (error instanceof Error ? error.message : ''));
    throw new AggregateError(
      failures,
      `${change.ref} is to be selected again: ${names.join('; ')}`,
    );
  }
}

async function selectBy(
  { content: store, rows, types, pace }: SelectParts,
  { rule, content, change }: { rule: PushRule; content: StoredContent; change: ContentChange },
): Promise<void> {
  const ask = withinRuleTime(pace, ruleLimitMs);
  const tools = { content: contentReader(store) };
  const asked = asContent(content);
  const fail = async (status: FailedStatus, message: string): Promise<void> => {
    const failed = rowsOf(rule, change, [change.ref], 'failed');
    await inTurns(failed, async (row) => rows.record(row, status, message));
  };
  const enqueue = async (refs: readonly string[]): Promise<void> =>
    inTurns(rowsOf(rule, change, refs), async (row) => rows.enqueue(row));

  const { created, changed } = change;
  const verdict = await askRule(rule, { content: asked, created, changed }, { ask, tools });
  if (verdict.kind === 'failed') await fail(verdict.status, verdict.message);
  if (verdict.kind !== 'selected') return;

  await enqueue([change.ref]);
  const { refs, failure } = await afterSelection(verdict.supervisor, asked, { ask, tools, types });
  await enqueue(refs);
  if (failure) await fail(failure.status, failure.message);
}

/** Rows for all targets. Their ids come from the change alone, so that a repeat makes the same ones. */
function rowsOf(
  rule: PushRule,
  { ref, item, version, atMs }: ContentChange,
  contents: readonly string[],
  kind: 'selected' | 'failed' = 'selected',
): NewRow[] {
  return contents.flatMap((content) =>
    rule.targets.map((target) => {
      const seed = [ref, item, version, rule.name, target, content, kind].join(' ');
      return { ulid: stableUlid(atMs, seed), rule: rule.name, target, content, createdMs: atMs };
    }),
  );
}

async function inTurns(
  rows: readonly NewRow[],
  write: (row: NewRow) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    await Promise.all(rows.slice(start, start + rowsAtOnce).map(write));
  }
}
