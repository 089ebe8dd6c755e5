import { describe, expect, test } from '@jest/globals';
import type * as z from 'zod';
import { config } from '../../config/index.ts';
import { upkeepJob as convosJob } from '../../lambdas/convos/contract.ts';
import { erasureMessage } from '../../lambdas/follows/contract.ts';
import { eventTypes } from '../../lambdas/shared/events/registry.ts';
import { upkeepJob as webhooksJob } from '../../lambdas/webhooks/contract.ts';
import { upkeepJob as timelinesJob } from '../../lambdas/timelines/contract.ts';
import { resourcesOf, synthesised } from './synthesis.ts';

interface Rule {
  EventPattern: { 'detail-type': string[]; detail?: { data: Record<string, string[]> } };
  Targets: {
    Arn: { 'Fn::GetAtt': [string, string] };
    DeadLetterConfig: { Arn: unknown };
    InputTransformer?: { InputPathsMap: Record<string, string>; InputTemplate: string };
  }[];
}

/** What each queue takes, by the beginning of its name. */
const messages: Record<string, z.ZodType> = {
  TimelinesUpkeep: timelinesJob,
  ConvosUpkeep: convosJob,
  FollowsErasure: erasureMessage,
  WebhooksUpkeep: webhooksJob,
};

/** The rules of what ships, and those of an installation that keeps what came through ended follows. */
const rules = [config, { ...config, settings: { timelines: { removeOnUnfollow: false } } }].flatMap(
  (one) =>
    resourcesOf(synthesised({ config: one }), 'AWS::Events::Rule')
      // A schedule has no events, and the matcher takes events as they are.
      .filter(([id, { Properties }]) => 'EventPattern' in Properties && !/OwnE|CustomE/.test(id))
      .map(([id, { Properties }]) => [id, Properties as unknown as Rule] as const),
);

test('there are rules', () => {
  expect(rules.length).toBeGreaterThan(8);
});

describe.each(rules)('%s', (_id, { EventPattern, Targets }) => {
  const [type = ''] = EventPattern['detail-type'];
  const definition = Object.entries(eventTypes).find(([name]) => name === type)?.[1];

  test('is for a type of event that there is', () => {
    expect(EventPattern['detail-type']).toHaveLength(1);
    expect(Object.keys(eventTypes)).toContain(type);
  });

  test('asks of the data only what an event of the type can have', () => {
    for (const [field, values] of Object.entries(EventPattern.detail?.data ?? {})) {
      for (const value of values) {
        const data = { ...definition?.example, [field]: value };
        expect(definition?.schema.safeParse(data)).toMatchObject({ success: true, data });
      }
    }
  });

  test.each(Targets)('makes of an event what its queue takes', (target) => {
    const message = messageOf(target, type, definition?.example);
    const [queue] = target.Arn['Fn::GetAtt'];
    const schema = messages[queue.replace(/Jobs.*/, '')];
    expect(schema?.safeParse(message)).toMatchObject({ success: true });
    expect(JSON.stringify(message)).not.toContain('undefined');
  });

  test.each(Targets)('parks what its queue does not take', ({ DeadLetterConfig }) => {
    expect(JSON.stringify(DeadLetterConfig)).toContain('DeadLetters');
  });
});

/** What EventBridge puts into the queue for an event with this data. */
function messageOf({ InputTransformer }: Rule['Targets'][number], type: string, data: unknown) {
  const detail = { id: 'evt_1', type, at: '2026-11-21T10:30:00.008Z', audience: [], data };
  if (InputTransformer === undefined) return { 'detail-type': type, detail };
  const { InputPathsMap, InputTemplate } = InputTransformer;
  const text = InputTemplate.replaceAll(/<([\w-]+)>/g, (_match, name: string) =>
    JSON.stringify(valueAt({ detail }, InputPathsMap[name] ?? '')),
  );
  return JSON.parse(text) as unknown;
}

/** By a path such as `$.detail.data.ref`. */
function valueAt(event: object, path: string): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce((value: unknown, name) => (value as Record<string, unknown>)[name], event);
}
