import { describe, expect, test } from '@jest/globals';
import { resourcesOf, synthesised } from './synthesis.ts';

const synthesis = synthesised();

/** The body of a stack's dashboard. */
function dashboardOf(stack: string): string {
  const template = synthesis.templates[`sequitur-${stack}`] ?? { Resources: {} };
  const [dashboard] = resourcesOf(
    { ...synthesis, templates: { [stack]: template } },
    'AWS::CloudWatch::Dashboard',
  );
  return JSON.stringify(dashboard?.[1].Properties['DashboardBody'] ?? '');
}

test.each([
  ['requests', '\\"AWS/ApiGateway\\",\\"Count\\"'],
  ['errors', '\\"AWS/ApiGateway\\",\\"5xx\\"'],
  ['latency', '\\"stat\\":\\"p95\\"'],
  ['its function', '\\"AWS/Lambda\\",\\"Errors\\"'],
])('the dashboard of the core shows the %s of the API', (_what, part) => {
  expect(dashboardOf('core').replaceAll('\\\\"', '\\"')).toContain(part);
});

/** What the dashboard of every domain shows. */
const ofEveryDomain = [
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
];

describe.each([
  { domain: 'social', own: ['FollowsCreated', 'FollowsEnded', 'ActionsPosted', 'FanOutRows'] },
  { domain: 'convos', own: ['MessagesSent', 'ThreadsStarted'] },
  {
    domain: 'webhooks',
    own: ['WebhooksDelivered', 'WebhookTriesFailed', 'WebhooksExhausted', 'HooksDisabled'],
  },
  { domain: 'push', own: ['PushesSucceeded', 'PushesFailed', 'OldestPushSeconds'] },
])('the dashboard of $domain', ({ domain, own }) => {
  const dashboard = dashboardOf(domain);

  test.each([...own, ...ofEveryDomain])('shows %s', (metric) => {
    expect(dashboard).toContain(`${metric}\\"`);
  });

  test.each(['AWS::SQS::Queue', 'AWS::Lambda::Function', 'AWS::DynamoDB::GlobalTable'])(
    'shows every %s',
    (type) => {
      const { Resources = {} } = synthesis.templates[`sequitur-${domain}`] ?? {};
      const ids = Object.entries(Resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id]) => id);
      expect(ids).not.toEqual([]);
      for (const id of ids) expect(dashboard).toContain(`"${id}"`);
    },
  );
});

test.each(['post', 'lane'])('the dashboard of webhooks shows what %s posts', (name) => {
  expect(dashboardOf('webhooks')).toContain(`webhooks/${name}\\"`);
});
