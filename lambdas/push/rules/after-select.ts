import type { Content } from '../../shared/define/content-type.ts';
import type { RuleTools, Supervisor } from '../../shared/define/push-rule.ts';
import { refMistake } from '../../shared/resource-ref.ts';
import { RuleFailure, guarded } from './ask-rule.ts';
import type { Ask } from './rule-time.ts';

/** References that `afterSelect` may have pushed along for one change: each is a row for every target. */
const maxEnqueued = 1_000;

/** What followed from the selection of an item. */
export interface Aftermath {
  /** What else is to be pushed; also what was wished for before a failure. */
  refs: string[];
  failure?: { status: RuleFailure['status']; message: string };
}

/**
 * Tells a rule that its content was selected.
 *
 * @throws TransientError when content could not be read: that is no fault of the rule's
 */
export async function afterSelection(
  supervisor: Supervisor,
  content: Content,
  { ask, tools, types }: { ask: Ask; tools: RuleTools; types: readonly string[] },
): Promise<Aftermath> {
  const wished = new Set<string>();
  let isOver = false;
  const enqueue = (ref: string): void => {
    // It took too long; there may be nobody left to catch an error.
    if (isOver) return;
    const mistake = refMistake(ref, types);
    if (mistake !== undefined) throw new Error(`enqueue('${ref}'): the reference ${mistake}`);
    if (wished.size >= maxEnqueued && !wished.has(ref)) {
      throw new Error(`enqueue('${ref}'): at most ${String(maxEnqueued)} follow from one change`);
    }
    wished.add(ref);
  };
  try {
    await guarded('SUPERVISOR_ERROR', async () =>
      ask('afterSelect', () => supervisor.afterSelect?.(content, { ...tools, enqueue })),
    );
    return { refs: [...wished] };
  } catch (error) {
    if (!(error instanceof RuleFailure)) throw error;
    return { refs: [...wished], failure: { status: error.status, message: error.message } };
  } finally {
    isOver = true;
  }
}
