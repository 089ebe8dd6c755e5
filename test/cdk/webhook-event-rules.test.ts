import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { config } from '../../config/index.ts';
import { eventTypes as ownTypes } from '../../lambdas/shared/events/registry.ts';
import type { CustomEventType } from '../../lambdas/shared/define/event-type.ts';
import { resourcesOf, synthesised } from './synthesis.ts';

interface Pattern {
  source?: string[];
  'detail-type': string[];
}

/** Patterns of the rules whose target is the matcher's queue, with what becomes of the event. */
function patternsWith(eventTypes: readonly CustomEventType[]): Pattern[] {
  const synthesis = synthesised({ config: { ...config, eventTypes } });
  return resourcesOf(synthesis, 'AWS::Events::Rule').flatMap(([, { Properties }]) => {
    const [target = {}] = Properties['Targets'] as Record<string, unknown>[];
    if (!JSON.stringify(target['Arn']).includes('WebhooksMatcherJobsQueue')) return [];
    // The matcher takes the event as it is, and what its queue does not take is parked.
    expect(Object.keys(target).toSorted()).toEqual(['Arn', 'DeadLetterConfig', 'Id']);
    return [Properties['EventPattern'] as Pattern];
  });
}

const typeNamed = (type: string): CustomEventType => ({
  type,
  description: 'Something happened.',
  schema: z.looseObject({}),
  example: {},
});

test('webhooks get events of the application’s own types from the application alone', () => {
  expect(patternsWith([])).toEqual([
    { source: ['sequitur'], 'detail-type': Object.keys(ownTypes) },
  ]);
});

test('webhooks get events of declared types from whoever tells them', () => {
  expect(patternsWith(config.eventTypes)).toContainEqual({ 'detail-type': ['article.published'] });
});

test('any number of declared types fits: each is in one rule, and no pattern is too long', () => {
  const names = Array.from({ length: 90 }, (_, index) => `type-${index}.of-a-rather-long-name`);
  const [, ...custom] = patternsWith(names.map(typeNamed));
  expect(custom.flatMap((pattern) => pattern['detail-type'])).toEqual(names);
  expect(custom.length).toBeGreaterThan(1);
  for (const pattern of custom) expect(JSON.stringify(pattern).length).toBeLessThan(2_048);
});
