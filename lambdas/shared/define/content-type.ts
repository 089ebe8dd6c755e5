import * as z from 'zod';
import { resourceIdPattern } from '../resource-ref.ts';

/** Names of fields and of binaries: they travel in events and in names of files. */
export const fieldNamePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** A type of content that partners may get files of. */
export interface ContentType<Schema extends z.ZodType = z.ZodType> {
  /** Lower-case letters, digits and hyphens, at most 32: the `story` of `story:7`. */
  type: string;
  /** Shape of `fields`: an object; must be expressible as JSON Schema. */
  schema: Schema;
  /** Names of the files that an item may have beside its fields. @default none */
  binaries?: readonly string[];
}

/** Declares a type of content. Its mistakes are reported by `defineConfig`. */
export function defineContentType<Schema extends z.ZodType>(
  contentType: ContentType<Schema>,
): ContentType<Schema> {
  return contentType;
}

/** A field that refers to content of this type: `photo:7`. */
export function refTo(type: string) {
  return z
    .string()
    .refine(
      (text) => text.startsWith(`${type}:`) && resourceIdPattern.test(text.slice(type.length + 1)),
      `must be a reference such as "${type}:7"`,
    )
    .meta({ description: `A ${type}, \`${type}:id\`.`, examples: [`${type}:7`] });
}

/** A file of an item, as it last arrived. */
export interface Binary {
  /** One of those that the type declares. */
  name: string;
  /** Bytes. */
  size: number;
  /** Hexadecimal. */
  sha256: string;
}

/** An item of content, as rules see it. */
export interface Content<Fields = Readonly<Record<string, unknown>>> {
  /** `type:id`. */
  ref: string;
  type: string;
  id: string;
  /** 1 at first, one more with each change. */
  version: number;
  fields: Fields;
  /** References of other items or resources, in the order given. */
  related: readonly string[];
  binaries: readonly Binary[];
  /** When it was put first and last: RFC 3339, UTC, milliseconds. */
  createdAt: string;
  updatedAt: string;
}

/** Whether content is of a type; its fields have that type's shape then, since they were checked by it. */
export function isOf<Schema extends z.ZodType>(
  contentType: ContentType<Schema>,
  content: Content,
): content is Content<z.output<Schema>> & Content {
  return content.type === contentType.type;
}
