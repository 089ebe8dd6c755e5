import * as z from 'zod';
import { contentTypes } from '../../../config/content-types.ts';
import { resources } from '../../../config/resources.ts';
import { refMistake, resourceIdPattern } from '../resource-ref.ts';

/** Names of the declared resource types. */
export const resourceTypes: readonly string[] = resources.map(({ type }) => type);

const idCharacters = '[A-Za-z0-9._~@|:+=-]{1,128}';

function refSchema(types: readonly string[], description: string) {
  return z
    .string()
    .superRefine((text, context) => {
      const mistake = refMistake(text, types);
      if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
    })
    .meta({
      description,
      pattern: `^(${types.join('|')}):${idCharacters}$`,
      examples: ['user:thoas'],
    });
}

/** A reference to a resource that can follow, be followed and have timelines. */
export const resourceRef = refSchema(resourceTypes, 'A resource, `type:id`.');

/** Names of the declared content types. */
const contentTypeNames: readonly string[] = contentTypes.map(({ type }) => type);

/** Names of all types that a reference can be of: resources and content. */
export const refTypes: readonly string[] = [...new Set([...resourceTypes, ...contentTypeNames])];

/** A reference to anything that has a name here. */
export const anyRef = refSchema(refTypes, 'A resource or an item of content, `type:id`.');

/** A declared content type, in a path. */
export const contentType = z
  .enum(contentTypeNames, `must be a content type: ${contentTypeNames.join(', ')}`)
  .meta({ description: 'A content type.' });

/** The id of an item of content, in a path. */
export const contentId = z
  .string()
  .regex(resourceIdPattern, 'must be 1-128 characters of A-Z a-z 0-9 . _ ~ @ | : + = -')
  .meta({ description: 'The id: with its type, `type:id`, the item’s reference.' });

/** A declared resource type. */
export const resourceType = z.enum(resourceTypes).meta({ description: 'A resource type.' });

/** A time of an answer: RFC 3339, UTC, milliseconds. */
export const timestamp = z.iso
  .datetime({ precision: 3 })
  .meta({ examples: ['2026-11-21T10:30:00.000Z'] });

/** First moment that RFC 3339 cannot write in UTC: its years have four digits. */
const year10000 = Date.UTC(10_000, 0, 1);

/**
 * A time of a request, RFC 3339 with any offset, as milliseconds since the epoch. Ids carry the time,
 * so it must lie in what a ULID holds, from 1970 on; answers give it in UTC, so it must end before the
 * year 10000 there, whatever its offset.
 */
export const instant = z.iso
  .datetime({ offset: true, error: 'must be a time like 2026-11-21T10:30:00Z (RFC 3339)' })
  .transform((text) => Date.parse(text))
  .refine((ms) => ms >= 0 && ms < year10000, 'must lie between 1970 and 9999');

/** The id of an object in a path. Any text: one that cannot be an id names nothing, which is 404. */
export const objectId = z.string();

/** An empty set of path parameters or query parameters. */
export const nothing = z.strictObject({});

const wholeNumber = /^\d{1,6}$/;

/** `?limit=` and `?cursor=` of every list. */
export const page = {
  limit: z
    .string()
    .refine(
      (text) => wholeNumber.test(text) && Number(text) >= 1 && Number(text) <= 100,
      'must be a whole number from 1 to 100',
    )
    .transform(Number)
    .default(20)
    .meta({ type: 'integer', minimum: 1, maximum: 100, default: 20, description: 'Items a page.' }),
  cursor: z
    .string()
    .min(1, 'must be the nextCursor of an earlier answer')
    .max(2048, 'must be the nextCursor of an earlier answer')
    .optional()
    .meta({ description: 'The nextCursor of the page before, with the same query.' }),
};

/** `?order=` of follow lists and timelines. */
export const order = z
  .enum(['desc', 'asc'], 'must be desc (newest first) or asc')
  .default('desc')
  .meta({ description: 'Newest first, or oldest first.' });

/** `{items, nextCursor?}` of a list. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().optional() });
}
