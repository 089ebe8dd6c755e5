import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as z from 'zod';

const operationSchema = z.looseObject({
  operationId: z.string(),
  security: z.array(z.unknown()),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.enum(['path', 'query', 'header']) }))
    .default([]),
  requestBody: z.looseObject({ required: z.boolean().optional() }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ content: z.record(z.string(), z.unknown()).optional() }),
  ),
});

const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

/** One operation of the OpenAPI document. */
export interface Operation extends z.infer<typeof operationSchema> {
  method: string;
  /** With `{name}` for parameters. */
  path: string;
}

/** An answer as a client sees it. */
export interface SeenAnswer {
  method: string;
  /** Decoded or not; without the query. */
  path: string;
  status: number;
  contentType: string | null;
  body: unknown;
}

export interface OpenApiCheck {
  readonly operations: readonly Operation[];
  /** The operation of a request, or undefined for what the document does not know. */
  operationOf: (method: string, path: string) => Operation | undefined;
  /**
   * Throws when a documented operation answers what its document does not say: another status, another
   * content type, a body that its schema refuses.
   */
  check: (answer: SeenAnswer) => void;
}

/** Reads an OpenAPI 3.1 document to hold answers against it. */
export function openApiCheck(document: unknown): OpenApiCheck {
  const { paths } = documentSchema.parse(document);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  const operationOf = (method: string, path: string) => {
    const matching = Object.keys(paths).filter((template) => matches(template, path));
    // OpenAPI 3.1: a path without parameters is matched before its templated counterparts.
    const [nearest] = matching.toSorted((a, b) => a.split('{').length - b.split('{').length);
    return operations.find((one) => one.method === method && one.path === nearest);
  };
  const validate = bodyValidation(document);
  return {
    operations,
    operationOf,
    check: ({ method, path, status, contentType, body }) => {
      const operation = operationOf(method, path);
      if (operation === undefined) return;
      const answer = operation.responses[String(status)];
      const what = `${method} ${path} answered ${status}`;
      if (answer === undefined) throw new Error(`${what}, which ${operation.operationId} lacks`);
      // The gateway's own 401 has a body that nothing promises.
      if (status === 401) return;
      const [documented, ...others] = Object.keys(answer.content ?? {});
      if (others.length > 0) throw new Error(`${what}: one content type was expected`);
      if (documented === undefined) {
        if (body !== undefined) throw new Error(`${what} with a body that it should not have`);
        return;
      }
      if (contentType !== documented) {
        throw new Error(`${what} as ${contentType ?? 'nothing'}, not as ${documented}`);
      }
      const mistakes = validate(
        ['paths', operation.path, operation.method.toLowerCase()],
        ['responses', String(status), 'content', documented, 'schema'],
        body,
      );
      if (mistakes !== undefined) {
        throw new Error(`${what} with a body that its schema refuses: ${mistakes}`);
      }
    },
  };
}

function matches(template: string, path: string): boolean {
  const source = template.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/gu, '[^/]+');
  return new RegExp(`^${source}$`, 'u').test(path);
}

function bodyValidation(document: unknown) {
  // Not strict: the document's own keywords (openapi, paths, example) are none of JSON Schema's.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(z.record(z.string(), z.unknown()).parse(document), 'openapi');
  const compiled = new Map<string, ValidateFunction>();
  return (operation: string[], schema: string[], body: unknown): string | undefined => {
    const pointer = [...operation, ...schema]
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `openapi#/${pointer}` });
    compiled.set(pointer, validate);
    return validate(body) ? undefined : ajv.errorsText(validate.errors);
  };
}
