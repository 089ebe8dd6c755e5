import type { Content } from '../../../../lambdas/shared/define/content-type.ts';
import type { RuleTools } from '../../../../lambdas/shared/define/push-rule.ts';

const bookkeeping = {
  version: 1,
  related: [],
  binaries: [],
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
};

/** An online story of 500 characters, updated on 2026-11-18, but for what is said. */
export function storyOf(
  id: string,
  fields: Readonly<Record<string, unknown>> = {},
  related: readonly string[] = [],
): Content {
  return {
    ...bookkeeping,
    ref: `story:${id}`,
    type: 'story',
    id,
    related,
    fields: {
      title: `Title of ${id}`,
      content: 'x'.repeat(500),
      state: 20,
      updatedAt: '2026-11-18T12:00:00.000Z',
      ...fields,
    },
  };
}

export function photoOf(id: string): Content {
  return { ...bookkeeping, ref: `photo:${id}`, type: 'photo', id, fields: {} };
}

/** What rules get to read. */
export function toolsWith(...items: readonly Content[]): RuleTools {
  return {
    content: {
      get: (ref) => Promise.resolve(items.find((item) => item.ref === ref)),
      ofType: async function* (type) {
        for (const item of items) if (item.type === type) yield await Promise.resolve(item);
      },
    },
  };
}
