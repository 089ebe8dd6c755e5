import * as z from 'zod';
import { endpoint } from '../../shared/http/endpoint.ts';
import { listOf, nothing, objectId, page, timestamp } from '../../shared/http/schemas.ts';

const tag = 'Push';

/** Arguments of a mass run. */
const maxArguments = 20;

const run = z
  .strictObject({
    id: z.string().meta({ examples: ['run_01KAJ0M9Y8N3V5T7W9X1Z2B4C6'] }),
    kind: z.enum(['push', 'mass']),
    rule: z.string().optional(),
    state: z.enum(['running', 'done', 'failed']),
    startedAt: timestamp,
    finishedAt: timestamp.optional(),
    counts: z
      .strictObject({
        selected: z.int().min(0),
        pushed: z.int().min(0),
        failed: z.int().min(0),
      })
      .meta({
        description:
          'Of the queue: rows. Of a mass run: items selected, targets that have all files, and what failed of either.',
      }),
    messages: z.array(z.string()),
  })
  .meta({ id: 'PushRun' });

const started = z.strictObject({ runId: z.string() });

export const startRun = endpoint({
  method: 'POST',
  path: '/v1/push/run',
  operationId: 'startPushRun',
  summary: 'Push what is NEW, now. What another run is pushing is left to it.',
  tag,
  params: nothing,
  query: nothing,
  body: z
    .strictObject({
      rule: z.string().min(1).optional().meta({ description: 'Only rows of this rule.' }),
    })
    .prefault({}),
  idempotent: true,
  answers: { 202: started },
  problems: [404, 409],
});

export const startMassRun = endpoint({
  method: 'POST',
  path: '/v1/push/rules/{rule}/mass',
  operationId: 'startMassRun',
  summary: 'Push the items of a mass rule to all its targets.',
  tag,
  params: z.strictObject({ rule: objectId }),
  query: nothing,
  body: z
    .strictObject({ args: z.array(z.string().max(1_024)).max(maxArguments).default([]) })
    .prefault({}),
  idempotent: true,
  answers: { 202: started },
  problems: [404, 409],
});

export const getRun = endpoint({
  method: 'GET',
  path: '/v1/push/runs/{id}',
  operationId: 'getPushRun',
  summary: 'How far a run is.',
  tag,
  params: z.strictObject({ id: objectId }),
  query: nothing,
  answers: { 200: run },
  problems: [404],
});

export const listRuns = endpoint({
  method: 'GET',
  path: '/v1/push/runs',
  operationId: 'listPushRuns',
  summary: 'Runs, newest first.',
  tag,
  params: nothing,
  query: z.strictObject(page),
  answers: { 200: listOf(run) },
  problems: [],
});

export const listRules = endpoint({
  method: 'GET',
  path: '/v1/push/rules',
  operationId: 'listPushRules',
  summary: 'The rules of the configuration, by name.',
  tag,
  params: nothing,
  query: z.strictObject(page),
  answers: {
    200: listOf(
      z.strictObject({
        name: z.string(),
        kind: z.enum(['sequential', 'mass']),
        description: z.string(),
        targets: z.array(z.string()),
        pack: z.enum(['flat', 'zip', 'tar.gz']),
        validators: z.array(z.string()),
      }),
    ),
  },
  problems: [],
});

export const listTargets = endpoint({
  method: 'GET',
  path: '/v1/push/targets',
  operationId: 'listPushTargets',
  summary: 'The targets of the configuration, by name. No secrets.',
  tag,
  params: nothing,
  query: z.strictObject(page),
  answers: {
    200: listOf(
      z.strictObject({
        name: z.string(),
        url: z.string(),
        hostKeys: z.array(z.string()),
        atomic: z.boolean(),
        doneMarker: z.string().optional(),
        concurrency: z.int(),
      }),
    ),
  },
  problems: [],
});

export const runEndpoints = [startRun, startMassRun, listRuns, getRun, listRules, listTargets];
