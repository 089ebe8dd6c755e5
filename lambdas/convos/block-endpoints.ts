import * as z from 'zod';
import { endpoint } from '../shared/http/endpoint.ts';
import { listOf, nothing, page, timestamp } from '../shared/http/schemas.ts';
import { userRef } from './user-ref.ts';

const tag = 'Convos';

const block = z.strictObject({ ref: z.string(), since: timestamp }).meta({ id: 'Block' });
const one = z.strictObject({ ref: userRef });

export const blockUser = endpoint({
  method: 'PUT',
  path: '/v1/convos/blocks/{ref}',
  operationId: 'blockUser',
  summary: 'Block a user: neither can write to the other. Blocking again keeps the first date.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: block },
  problems: [],
});

export const unblockUser = endpoint({
  method: 'DELETE',
  path: '/v1/convos/blocks/{ref}',
  operationId: 'unblockUser',
  summary: 'Lift one’s block of a user, if there is one.',
  tag,
  params: one,
  query: nothing,
  answers: { 204: null },
  problems: [],
});

export const getBlock = endpoint({
  method: 'GET',
  path: '/v1/convos/blocks/{ref}',
  operationId: 'getBlock',
  summary: 'Whether the caller blocks a user; 404 when not.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: block },
  problems: [404],
});

export const listBlocks = endpoint({
  method: 'GET',
  path: '/v1/convos/blocks',
  operationId: 'listBlocks',
  summary: 'Whom the caller blocks, newest first.',
  tag,
  params: nothing,
  query: z.strictObject(page),
  answers: { 200: listOf(block) },
  problems: [],
});

export const blockEndpoints = [blockUser, unblockUser, getBlock, listBlocks];
