import * as z from 'zod';
import { createDocument } from 'zod-openapi';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import packageJson from '../package.json' with { type: 'json' };
import { config } from '../config/index.ts';
import { convosEndpoints } from '../lambdas/convos/endpoints.ts';
import { coreEndpoints } from '../lambdas/core/endpoints.ts';
import { followsEndpoints } from '../lambdas/follows/endpoints.ts';
import { pushEndpoints } from '../lambdas/push/endpoints.ts';
import { timelinesEndpoints } from '../lambdas/timelines/endpoints.ts';
import { webhooksEndpoints } from '../lambdas/webhooks/endpoints.ts';
import { maxIdempotencyKeyLength } from '../lambdas/shared/http/request.ts';
import { takesBody } from '../lambdas/shared/http/endpoint.ts';
import type { Endpoint } from '../lambdas/shared/http/endpoint.ts';
import type { Domain } from '../lib/define/config.ts';

/**
 * Endpoints of each domain, and what they are about. A domain adds its own here, and with that to the
 * document.
 */
const parts: Record<Domain, { about: string; endpoints: readonly Endpoint[] }> = {
  social: {
    about: 'follows and timelines',
    endpoints: [...followsEndpoints, ...timelinesEndpoints],
  },
  convos: { about: 'messages between users', endpoints: convosEndpoints },
  webhooks: { about: 'webhooks', endpoints: webhooksEndpoints },
  push: { about: 'files for partners', endpoints: pushEndpoints },
};

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'The request id.' }),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'A problem document (RFC 9457).' });

const idempotencyKey = z.string().min(1).max(maxIdempotencyKeyLength).optional().meta({
  description:
    'Any text of your choice: the same key with the same body gives the first answer again for 24 h.',
});

/**
 * The OpenAPI 3.1 document of an installation with these domains, made from the schemas that the
 * handlers parse with.
 */
export function openApiDocument(domains: readonly Domain[] = config.domains) {
  const paths: ZodOpenApiPathsObject = {};
  const chosen = domains.map((domain) => parts[domain]);
  const about = chosen.length === 0 ? [] : [chosen.map((part) => part.about).join(', ')];
  const endpoints = [coreEndpoints, ...chosen.map((part) => part.endpoints)].flat();
  for (const endpoint of endpoints) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operation(endpoint),
    };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Sequitur',
      version: packageJson.version,
      description: `${['What follows from a change', ...about].join(': ')}.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  });
}

function operation(endpoint: Endpoint): ZodOpenApiOperationObject {
  const open = endpoint.open === true;
  const problems = new Set([400, 413, ...endpoint.problems, 500, 503]);
  if (!open) problems.add(403);
  if (takesBody(endpoint.body)) problems.add(415);
  if (endpoint.idempotent === true) problems.add(409);
  return {
    operationId: endpoint.operationId,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    security: open ? [] : [{ token: [] }],
    requestParams: {
      path: endpoint.params,
      query: endpoint.query,
      ...(endpoint.idempotent === true && {
        header: z.object({ 'Idempotency-Key': idempotencyKey }),
      }),
    },
    ...(takesBody(endpoint.body) && { requestBody: requestBody(endpoint.body) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(endpoint.answers).map(([status, body]) => [status, success(body)]),
      ),
      ...(!open && { 401: gatewayRefusal }),
      ...Object.fromEntries([...problems].map((status) => [status, failure(status)])),
    },
  };
}

function requestBody(schema: z.ZodType) {
  return {
    required: !schema.safeParse(undefined).success,
    content: { 'application/json': { schema } },
  };
}

const requestId = {
  'x-request-id': z.string().meta({ header: { description: 'Finds the request in the logs.' } }),
};

const retryAfter = {
  'retry-after': z
    .string()
    .regex(/^\d+$/)
    .meta({ header: { description: 'Seconds to wait before the request may succeed.' } }),
};

/** Problems that a client overcomes by waiting. */
const passing: readonly number[] = [429, 503];

function success(body: z.ZodType | null) {
  const description = 'Done.';
  const headers = z.object(requestId);
  if (body === null) return { description, headers };
  return { description, headers, content: { 'application/json': { schema: body } } };
}

/** The gateway's authorizer answers it, as the gateway does CORS preflights: no function of ours sees either. */
const gatewayRefusal = {
  description:
    'No token, or one that is not accepted. API Gateway answers this itself, as it does CORS preflights: no problem document and no x-request-id; its header apigw-requestid names the request instead.',
};

function failure(status: number) {
  return {
    description: 'A problem document.',
    headers: z.object({ ...requestId, ...(passing.includes(status) && retryAfter) }),
    content: { 'application/problem+json': { schema: problem } },
  };
}
