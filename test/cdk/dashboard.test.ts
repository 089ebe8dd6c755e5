import { expect, test } from '@jest/globals';
import { resourcesOf, synthesised } from './synthesis.ts';

const synthesis = synthesised();
const [core = '', social = ''] = resourcesOf(synthesis, 'AWS::CloudWatch::Dashboard').map(
  ([, { Properties }]) => JSON.stringify(Properties['DashboardBody']),
);

test.each([
  ['requests', '\\"AWS/ApiGateway\\",\\"Count\\"'],
  ['errors', '\\"AWS/ApiGateway\\",\\"5xx\\"'],
  ['latency', '\\"stat\\":\\"p95\\"'],
  ['its function', '\\"AWS/Lambda\\",\\"Errors\\"'],
])('the dashboard of the core shows the %s of the API', (_what, part) => {
  expect(core.replaceAll('\\\\"', '\\"')).toContain(part);
});

test.each([
  'FollowsCreated',
  'FollowsEnded',
  'ActionsPosted',
  'FanOutRows',
  'ChangesParked',
  'ApproximateNumberOfMessagesVisible',
  'ApproximateAgeOfOldestMessage',
  'IteratorAge',
  'ConsumedReadCapacityUnits',
  'ConsumedWriteCapacityUnits',
  'ReadThrottleEvents',
  'WriteThrottleEvents',
  'Errors',
  'Throttles',
  'Duration',
])('the dashboard of social shows %s', (metric) => {
  expect(social).toContain(`${metric}\\"`);
});

test.each(['AWS::SQS::Queue', 'AWS::Lambda::Function', 'AWS::DynamoDB::GlobalTable'])(
  'every %s of social is on its dashboard',
  (type) => {
    const stack = synthesis.templates['sequitur-social'];
    const ids = Object.entries(stack?.Resources ?? {})
      .filter(([, resource]) => resource.Type === type)
      .map(([id]) => id);
    expect(ids.length).toBeGreaterThan(1);
    for (const id of ids) expect(social).toContain(`"${id}"`);
  },
);
