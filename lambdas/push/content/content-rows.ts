import * as z from 'zod';
import { typeOf } from '../../shared/resource-ref.ts';
import { keys, partitions, prefixes } from '../contract.ts';
import type { StoredContent } from './content-store.ts';

const itemSchema = z.object({
  pk: z.string(),
  ulid: z.ulid(),
  version: z.int().min(1),
  fieldsJson: z.string(),
  related: z.array(z.string()),
  binaries: z.array(
    z.object({ name: z.string(), size: z.int().min(0), sha256: z.string(), key: z.string() }),
  ),
  createdAt: z.string(),
  updatedAt: z.string(),
});

const fieldsSchema = z.record(z.string(), z.unknown());

/** An item of content as it is stored: its fields as one text, so that DynamoDB's limits on values never matter. */
export function contentItem(content: StoredContent) {
  const { ref, type, id: _inRef, fields, ...rest } = content;
  return {
    ...keys.content(ref),
    ...rest,
    related: [...content.related],
    fieldsJson: JSON.stringify(fields),
    listKey: partitions.contentOf(type),
  };
}

/** Content of an item of the table, or of an image of its stream. */
export function contentOf(item: unknown): StoredContent {
  const { pk, fieldsJson, ...rest } = itemSchema.parse(item);
  const ref = pk.slice(prefixes.content.length);
  const type = typeOf(ref);
  const id = ref.slice(type.length + 1);
  return { ref, type, id, ...rest, fields: fieldsSchema.parse(JSON.parse(fieldsJson)) };
}
