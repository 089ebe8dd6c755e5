import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { secondPassDelaySeconds as followsSecondPass } from '../../lambdas/follows/erase-follows.ts';
import { secondPassDelaySeconds as timelinesSecondPass } from '../../lambdas/timelines/second-pass.ts';
import { secondLookSeconds } from '../../lambdas/webhooks/erase.ts';
import { aroundPostMs, lanePostsBeginWithinMs } from '../../lambdas/webhooks/contract.ts';
import { forgetAfterSeconds } from '../../lambdas/push/relay.ts';
import { resourcesOf, synthesised } from './synthesis.ts';
import type { DescribedResource, Synthesis } from './synthesis.ts';

const synthesis = synthesised();
const queues = resourcesOf(synthesis, 'AWS::SQS::Queue');
const alarms = resourcesOf(synthesis, 'AWS::CloudWatch::Alarm');
const mappings = resourcesOf(synthesis, 'AWS::Lambda::EventSourceMapping');
const functions = new Map(resourcesOf(synthesis, 'AWS::Lambda::Function'));

/** Queues from which a function receives; in the others failures wait for a person. */
const workQueues = queues.filter(([id]) => readerOf(id) !== undefined);
const failureQueues = queues.filter(([id]) => readerOf(id) === undefined);

/** Longest delay that jobs are sent with, in seconds, by the beginning of the queue's name. */
const longestDelays = [
  ['TimelinesUpkeep', timelinesSecondPass],
  ['FollowsErasure', followsSecondPass],
  ['WebhooksPost', 900],
  ['WebhooksUpkeep', secondLookSeconds],
  ['PushSelect', forgetAfterSeconds],
] as const;

/** Minutes after which the alarm on the oldest job fires, where it is not the usual quarter of an hour. */
const longAges = [
  ['TimelinesUpkeep', 45],
  ['WebhooksPost', 30],
  ['WebhooksUpkeep', 45],
  ['PushSelect', 30],
  ['PushArrival', 90],
  ['PushWork', 120],
] as const;

function readerOf(queueId: string): DescribedResource | undefined {
  const mapping = mappings.find(
    ([, { Properties }]) => attributeOf(Properties['EventSourceArn']) === queueId,
  );
  const name = mapping?.[1].Properties['FunctionName'] as { Ref: string } | undefined;
  return name && functions.get(name.Ref);
}

function attributeOf(value: unknown): string | undefined {
  return (value as { 'Fn::GetAtt'?: [string, string] })['Fn::GetAtt']?.[0];
}

function alarmOn(queueId: string, metricName: string): DescribedResource | undefined {
  return alarms.find(([, { Properties }]) => {
    const dimensions = Properties['Dimensions'] as { Value: unknown }[] | undefined;
    const watches = dimensions?.some(({ Value }) => {
      const [id] = (Value as { 'Fn::GetAtt'?: string[] })['Fn::GetAtt'] ?? [];
      return id === queueId;
    });
    return watches === true && Properties['MetricName'] === metricName;
  })?.[1];
}

test('there are queues of both kinds', () => {
  expect(workQueues).toHaveLength(12);
  expect(failureQueues).toHaveLength(17);
});

describe.each(workQueues)('work queue %s', (id, { Properties }) => {
  test('hides a message for at least six times the time of its function', () => {
    const timeout = Number(readerOf(id)?.Properties['Timeout']);
    expect(timeout).toBeGreaterThan(0);
    expect(Properties['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * timeout);
  });

  test('gives up after five receives to a dead-letter queue with an alarm', () => {
    const { deadLetterTargetArn, maxReceiveCount } = Properties['RedrivePolicy'] as {
      deadLetterTargetArn: unknown;
      maxReceiveCount: number;
    };
    expect(maxReceiveCount).toBe(5);
    const deadLetters = attributeOf(deadLetterTargetArn) ?? '';
    expect(alarmOn(deadLetters, 'ApproximateNumberOfMessagesVisible')).toBeDefined();
  });

  test('has an alarm on the age of its oldest message', () => {
    expect(alarmOn(id, 'ApproximateAgeOfOldestMessage')?.Properties).toMatchObject({
      Statistic: 'Maximum',
      Threshold: 60 * (longAges.find(([name]) => nameOf(id).startsWith(name))?.[1] ?? 15),
    });
  });

  test('has no alarm on jobs that are as old as they were meant to be', () => {
    const [, delaySeconds = 0] =
      longestDelays.find(([prefix]) => nameOf(id).startsWith(prefix)) ?? [];
    const alarm = alarmOn(id, 'ApproximateAgeOfOldestMessage');
    expect(alarm?.Properties['Threshold']).toBeGreaterThan(delaySeconds);
  });
});

describe.each(failureQueues)('failure queue %s', (id, { Properties }) => {
  test('keeps messages for as long as SQS can', () => {
    expect(Properties['MessageRetentionPeriod']).toBe(14 * 24 * 60 * 60);
  });

  test('has an alarm on its first message', () => {
    expect(alarmOn(id, 'ApproximateNumberOfMessagesVisible')?.Properties).toMatchObject({
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      EvaluationPeriods: 1,
    });
  });
});

test('FIFO queues have dead-letter queues of their kind, and no group waits for another', () => {
  const fifo = queues.filter(([, { Properties }]) => Properties['FifoQueue'] === true);
  expect(fifo.map(([id]) => nameOf(id))).toEqual([
    'WebhooksLaneJobsDeadLetters',
    'WebhooksLaneJobsQueue',
  ]);
  for (const [, { Properties }] of fifo) {
    expect(Properties).toMatchObject({
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  }
});

test.each([
  ['WebhooksPost', aroundPostMs],
  ['WebhooksLane', lanePostsBeginWithinMs + aroundPostMs],
])(
  'a run of %s has time for a post that takes all that a receiver has, and for what goes around it',
  (name, aroundMs) => {
    const slow = synthesised({ context: { 'sequitur:webhooks.timeoutSeconds': '30' } });
    const found = resourcesOf(slow, 'AWS::Lambda::Function').filter(([id]) => id.startsWith(name));
    expect(found).toHaveLength(1);
    for (const [, { Properties }] of found) {
      expect(Properties['Timeout']).toBeGreaterThanOrEqual(30 + aroundMs / 1000);
      // Names are resolved by threads, of which Node.js has four.
      expect(Properties['Environment']).toMatchObject({ Variables: { UV_THREADPOOL_SIZE: '64' } });
    }
  },
);

test('queues take encrypted connections only', () => {
  const policies = resourcesOf(synthesis, 'AWS::SQS::QueuePolicy');
  expect(policies).toHaveLength(queues.length);
  for (const [, { Properties }] of policies) {
    expect(JSON.stringify(Properties)).toContain('{"Bool":{"aws:SecureTransport":"false"}}');
  }
});

describe('the runbook', () => {
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  const headings = [...runbook.matchAll(/^### `(\w+)`$/gm)].map(([, name = '']) => name);

  test.each(alarms)('has a section on %s', (id) => {
    expect(headings).toContain(nameOf(id));
  });

  test('has no section on an alarm that there is not', () => {
    expect(headings.toSorted()).toEqual(alarms.map(([id]) => nameOf(id)).toSorted());
  });

  test.each(headings)('says of %s what users notice, where to look and what to do', (heading) => {
    const section = runbook.split(`### \`${heading}\`\n`)[1]?.split(/^##/m)[0] ?? '';
    for (const part of ['Users notice', 'Look at', 'Do']) {
      expect(section).toContain(`**${part}**`);
    }
  });

  test.each(alarms)('says of %s what its description says', (id, { Properties }) => {
    const notice = /^Users notice: (.+?)\.? First: /.exec(
      String(Properties['AlarmDescription']),
    )?.[1];
    const section = runbook.split(`### \`${nameOf(id)}\`\n`)[1]?.split(/^##/m)[0] ?? '';
    expect(section.replaceAll(/\s+/g, ' ')).toContain(notice);
  });
});

test.each(alarms)(
  '%s says what users notice and what to do first, and tells people',
  (_id, alarm) => {
    const { Properties } = alarm;
    expect(Properties['AlarmDescription']).toMatch(
      /^Users notice: \S.+ First: \S.+ See docs\/runbook\.md\.$/,
    );
    expect(Properties['AlarmActions']).toHaveLength(1);
    expect(Properties['OKActions']).toHaveLength(1);
    // Of what should happen every minute, nothing is what the alarm is about.
    const isOnSilence = Properties['ComparisonOperator'] === 'LessThanThreshold';
    expect(isOnSilence).toBe(Properties['MetricName'] === 'Invocations');
    expect(Properties['TreatMissingData']).toBe(isOnSilence ? 'breaching' : 'notBreaching');
  },
);

describe.each([
  ['as on AWS', synthesis],
  ['without TLS', synthesised({ context: { 'sequitur:plainHttp': 'allow' } })],
])('%s', (_case, { templates }) => {
  test('CloudWatch may publish to the topic of every alarm, for alarms of this account only', () => {
    const told = Object.values(templates).flatMap((template) =>
      Object.values(template.Resources)
        .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
        .flatMap(({ Properties = {} }) => [Properties['AlarmActions'], Properties['OKActions']])
        .flat()
        .map((action) => topicOf(action, templates)),
    );
    expect(told).toHaveLength(2 * alarms.length);
    for (const topic of new Set(told)) {
      const statements = Object.values(templates)
        .flatMap(({ Resources }) => Object.values(Resources))
        .filter(({ Type }) => Type === 'AWS::SNS::TopicPolicy')
        .filter(({ Properties = {} }) => refersTo(Properties['Topics'], topic))
        .flatMap(({ Properties = {} }) => {
          const { Statement } = Properties['PolicyDocument'] as { Statement: unknown[] };
          return Statement;
        });
      expect(statements).toContainEqual(
        expect.objectContaining({
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Resource: { Ref: topic },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      );
    }
  });
});

/** Logical id of the topic that an action names, in its own stack or as another's export. */
function topicOf(action: unknown, templates: Synthesis['templates']): string {
  const { Ref, 'Fn::ImportValue': exported } = action as {
    Ref?: string;
    'Fn::ImportValue'?: string;
  };
  if (Ref !== undefined) return Ref;
  const output = Object.values(templates)
    .flatMap(({ Outputs = {} }) => Object.values(Outputs))
    .find(({ Export }) => Export?.Name === exported);
  return (output?.Value as { Ref?: string } | undefined)?.Ref ?? '';
}

function refersTo(topics: unknown, topic: string): boolean {
  return (topics as { Ref: string }[]).some(({ Ref }) => Ref === topic);
}

/** The beginning of an alarm's name: its logical id without the hash. */
function nameOf(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}
