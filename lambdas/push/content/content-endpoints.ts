import * as z from 'zod';
import { endpoint } from '../../shared/http/endpoint.ts';
import {
  anyRef,
  contentId,
  contentType,
  listOf,
  nothing,
  objectId,
  page,
  timestamp,
} from '../../shared/http/schemas.ts';
import { givenFields } from './given-fields.ts';

const tag = 'Content';

/** References that one item may have. */
const maxRelated = 500;

const item = z
  .strictObject({
    type: z.string(),
    id: z.string(),
    version: z.int().min(1),
    fields: z.record(z.string(), z.unknown()),
    related: z.array(z.string()),
    binaries: z.array(
      z.strictObject({
        name: z.string(),
        size: z.int().min(0).meta({ description: 'Bytes.' }),
        sha256: z.string().meta({ description: 'Hexadecimal.' }),
      }),
    ),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Content' });

const putItem = item.extend({
  changed: z
    .array(z.string())
    .meta({ description: 'Fields whose value differs from before; `related` counts as one.' }),
});

const one = z.strictObject({ type: contentType, id: contentId });

export const putContent = endpoint({
  method: 'PUT',
  path: '/v1/content/{type}/{id}',
  operationId: 'putContent',
  summary: 'Put an item of content, in place of what it was. Unchanged, nothing follows.',
  tag,
  params: one,
  query: nothing,
  body: z.strictObject({
    fields: givenFields,
    related: z.array(anyRef).max(maxRelated).default([]),
  }),
  answers: { 200: putItem, 201: putItem },
  problems: [],
});

export const getContent = endpoint({
  method: 'GET',
  path: '/v1/content/{type}/{id}',
  operationId: 'getContent',
  summary: 'An item of content.',
  tag,
  params: one,
  query: nothing,
  answers: { 200: item },
  problems: [404],
});

export const deleteContent = endpoint({
  method: 'DELETE',
  path: '/v1/content/{type}/{id}',
  operationId: 'deleteContent',
  summary: 'Delete an item of content with its binaries. Partners keep what they have got.',
  tag,
  params: one,
  query: nothing,
  answers: { 204: null },
  problems: [404],
});

export const listContent = endpoint({
  method: 'GET',
  path: '/v1/content/{type}',
  operationId: 'listContent',
  summary: 'Items of a type, newest first. Of large items a page may be shorter than its limit.',
  tag,
  params: z.strictObject({ type: contentType }),
  query: z.strictObject(page),
  answers: { 200: listOf(item) },
  problems: [],
});

export const uploadBinary = endpoint({
  method: 'POST',
  path: '/v1/content/{type}/{id}/binaries/{name}',
  operationId: 'uploadBinary',
  summary: 'A URL that takes one PUT of a file. When it has arrived, the item’s version rises.',
  tag,
  params: one.extend({ name: objectId }),
  query: nothing,
  answers: { 200: z.strictObject({ uploadUrl: z.url(), expiresAt: timestamp }) },
  problems: [404],
});

export const contentEndpoints = [putContent, getContent, deleteContent, listContent, uploadBinary];
