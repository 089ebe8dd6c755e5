import { readFileSync } from 'node:fs';
import { apiHandler } from '../shared/http/api-handler.ts';
import { newLog } from '../shared/log.ts';
import { coreRoutes } from './routes.ts';

/** Written beside the bundle when it is built; see lib/core-stack.ts. */
const openApiDocument: unknown = JSON.parse(
  readFileSync(new URL('openapi.json', import.meta.url), 'utf8'),
);

export const handler = apiHandler({
  routes: coreRoutes(openApiDocument),
  log: newLog(),
  userType: 'user',
});
