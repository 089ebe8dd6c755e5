import * as z from 'zod';
import { fieldNamePattern } from '../../lambdas/shared/define/content-type.ts';
import type { ContentType } from '../../lambdas/shared/define/content-type.ts';
import { resourceTypePattern } from '../../lambdas/shared/resource-ref.ts';
import { repeated } from './repeated.ts';

const place = 'config/content-types.ts';

/** Changed fields and binaries go by one name each; this is the one of the list of references. */
const relatedName = 'related';

const namesWanted = 'use letters, digits, - and _, beginning with a letter, at most 64 characters';

/** What is wrong with types of content, each with its place and its remedy. */
export function contentTypeMistakes(contentTypes: readonly ContentType[]): string[] {
  return [
    ...contentTypes.flatMap((one) =>
      [...typeMistakes(one), ...fieldMistakes(one), ...binaryMistakes(one)].map(
        (mistake) => `${place}, "${one.type}": ${mistake}`,
      ),
    ),
    ...repeated(contentTypes.map(({ type }) => type)).map(
      (type) => `${place}, "${type}": declared more than once, keep one`,
    ),
  ];
}

function typeMistakes({ type }: ContentType): string[] {
  return resourceTypePattern.test(type)
    ? []
    : ['use lower-case letters, digits and hyphens, at most 32'];
}

function fieldMistakes({ schema }: ContentType): string[] {
  try {
    // Both what comes in and what goes out is data as JSON has it.
    for (const io of ['input', 'output'] as const) z.toJSONSchema(schema, { io });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`the schema cannot be told as JSON Schema, use what JSON knows: ${reason}`];
  }
  const shape = shapeOf(schema);
  if (shape.type !== 'object')
    return ['the schema must be that of an object, such as z.strictObject'];
  return Object.keys(shape.properties)
    .filter((name) => name === relatedName || !fieldNamePattern.test(name))
    .map((name) =>
      name === relatedName
        ? `a field cannot be called "${relatedName}", which stands for the references of an item`
        : `field "${name}": ${namesWanted}`,
    );
}

const shapeSchema = z.object({
  type: z.unknown(),
  properties: z.record(z.string(), z.unknown()).default({}),
});

function shapeOf(schema: z.ZodType): z.output<typeof shapeSchema> {
  return shapeSchema.parse({ type: undefined, ...z.toJSONSchema(schema, { io: 'input' }) });
}

/** What is stored of each stands in the item, which has room for so many beside its fields. */
const maxBinaries = 32;

function binaryMistakes({ schema, binaries = [] }: ContentType): string[] {
  const fields = new Set(fieldNames(schema));
  return [
    ...binaries.flatMap((name) => {
      if (!fieldNamePattern.test(name)) return [`binary "${name}": ${namesWanted}`];
      if (name === relatedName) {
        return [
          `a binary cannot be called "${relatedName}", which stands for the references of an item`,
        ];
      }
      return fields.has(name)
        ? [`binary "${name}": there is a field of that name, choose another for one of them`]
        : [];
    }),
    ...(binaries.length > maxBinaries
      ? [`it has ${binaries.length} binaries; ${maxBinaries} is the most that an item has room for`]
      : []),
    ...repeated(binaries).map((name) => `binary "${name}": stands twice, keep one`),
  ];
}

/** None where the schema cannot be told; that is told by itself. */
function fieldNames(schema: z.ZodType): string[] {
  try {
    return Object.keys(shapeOf(schema).properties);
  } catch {
    return [];
  }
}
