import * as z from 'zod';
import type { Column } from './output.ts';

/** An item of content as the API gives it. */
export const contentSchema = z.looseObject({
  type: z.string(),
  id: z.string(),
  version: z.number(),
  fields: z.record(z.string(), z.unknown()),
  related: z.array(z.string()),
  binaries: z.array(z.looseObject({ name: z.string(), size: z.number(), sha256: z.string() })),
  updatedAt: z.string(),
});

export type ShownContent = z.infer<typeof contentSchema>;

export const putContentSchema = contentSchema.extend({ changed: z.array(z.string()) });

const refColumn: Column<ShownContent> = { heading: 'REF', cell: ({ type, id }) => `${type}:${id}` };
const versionColumn: Column<ShownContent> = {
  heading: 'VERSION',
  cell: ({ version }) => String(version),
};

/** Fields come last, as JSON: they may be long. */
export const contentColumns: readonly Column<ShownContent>[] = [
  refColumn,
  versionColumn,
  { heading: 'UPDATED', cell: ({ updatedAt }) => updatedAt },
  { heading: 'BINARIES', cell: ({ binaries }) => binaries.map(({ name }) => name).join(' ') },
  { heading: 'RELATED', cell: ({ related }) => related.join(' '), widest: 30 },
  { heading: 'FIELDS', cell: ({ fields }) => JSON.stringify(fields) },
];

export const putColumns: readonly Column<z.infer<typeof putContentSchema>>[] = [
  refColumn,
  versionColumn,
  { heading: 'CHANGED', cell: ({ changed }) => changed.join(' ') },
];

type ShownBinary = ShownContent['binaries'][number];

export const binaryColumns: readonly Column<ShownBinary>[] = [
  { heading: 'BINARY', cell: ({ name }) => name },
  { heading: 'BYTES', cell: ({ size }) => String(size) },
  { heading: 'SHA-256', cell: ({ sha256 }) => sha256 },
];

/** All of an item but its binaries, a line each. */
export function contentLines(item: ShownContent): { name: string; value: string }[] {
  const { type, id, version, updatedAt, related, fields } = item;
  return [
    { name: 'ref', value: `${type}:${id}` },
    { name: 'version', value: String(version) },
    { name: 'updated', value: updatedAt },
    { name: 'related', value: related.join(' ') },
    ...Object.entries(fields).map(([name, value]) => ({
      name: `fields.${name}`,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    })),
  ];
}
