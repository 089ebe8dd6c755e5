import * as z from 'zod';
import { endpoint } from '../shared/http/endpoint.ts';
import { nothing } from '../shared/http/schemas.ts';

export const getHealth = endpoint({
  method: 'GET',
  path: '/v1/health',
  operationId: 'getHealth',
  summary: 'Whether the API answers.',
  tag: 'Core',
  params: nothing,
  query: nothing,
  open: true,
  answers: { 200: z.strictObject({ status: z.literal('ok') }) },
  problems: [],
});

export const getOpenApi = endpoint({
  method: 'GET',
  path: '/v1/openapi.json',
  operationId: 'getOpenApi',
  summary: 'This document.',
  tag: 'Core',
  params: nothing,
  query: nothing,
  open: true,
  answers: { 200: z.looseObject({ openapi: z.string() }) },
  problems: [],
});

export const coreEndpoints = [getHealth, getOpenApi];
