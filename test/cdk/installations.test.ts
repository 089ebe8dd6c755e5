import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { config } from '../../config/index.ts';
import { addInstallation, sequiturApp } from '../../lib/app.ts';
import { synthesised, testContext } from './synthesis.ts';
import { environmentOf } from './template-rights.ts';

/** Properties by which a template would fix the physical name of a resource. */
const physicalName =
  /^(AlarmName|BucketName|DashboardName|FunctionName|LogGroupName|QueueName|RoleName|TableName|TopicName)$/;

/** Resources that CloudFormation gives no name of its own choice, or that no other stack shares. */
const namedWithinTheirParent = ['AWS::IAM::Policy', 'AWS::ApiGatewayV2::Authorizer'];

const folder = mkdtempSync(join(tmpdir(), 'sequitur-installations-'));

afterAll(() => rmSync(folder, { recursive: true }));

describe('an installation', () => {
  const { app, templates } = synthesised();

  test('is a stack for the core and one for each domain', () => {
    expect(Object.keys(templates)).toEqual([
      'sequitur-core',
      'sequitur-convos',
      'sequitur-push',
      'sequitur-social',
      'sequitur-webhooks',
    ]);
  });

  test.each(Object.entries(templates))(
    '%s is far from the 500 resources of a stack',
    (_name, stack) => {
      expect(Object.keys(stack.Resources).length).toBeLessThan(200);
    },
  );

  test.each(Object.entries(templates))('%s fixes no physical name', (_name, { Resources }) => {
    const fixed = Object.entries(Resources)
      .filter(([, { Type }]) => !namedWithinTheirParent.includes(Type))
      .flatMap(([id, { Properties = {} }]) =>
        Object.entries(Properties)
          .filter(([name, value]) => physicalName.test(name) && typeof value === 'string')
          .map(([name]) => `${id}.${name}`),
      );
    expect(fixed).toEqual([]);
  });

  test.each([
    { domains: [], stacks: ['sequitur-core'] },
    { domains: ['social'], stacks: ['sequitur-core', 'sequitur-social'] },
    { domains: ['convos'], stacks: ['sequitur-core', 'sequitur-convos'] },
    { domains: ['webhooks'], stacks: ['sequitur-core', 'sequitur-webhooks'] },
    { domains: ['push'], stacks: ['sequitur-core', 'sequitur-push'] },
  ] as const)(
    'with the domains $domains alone has the resources of no other, and the same core',
    ({ domains, stacks }) => {
      const some = synthesised({ config: { ...config, domains } }).templates;
      expect(Object.keys(some)).toEqual(stacks);
      for (const stack of stacks) {
        expect(Object.keys(some[stack]?.Resources ?? {})).toEqual(
          Object.keys(templates[stack]?.Resources ?? {}),
        );
      }
    },
  );

  test('has stacks of domains that depend on the core alone', () => {
    for (const stack of app.node.children.filter((child) => child instanceof Stack)) {
      const depended = stack.dependencies.map(({ stackName }) => stackName);
      expect(depended).toEqual(stack.stackName === 'sequitur-core' ? [] : ['sequitur-core']);
    }
  });

  test.each([
    { domains: ['social'], parts: ['follows', 'timelines'] },
    { domains: ['social', 'convos'], parts: ['follows', 'timelines', 'convos'] },
    { domains: ['social', 'webhooks'], parts: ['follows', 'timelines', 'webhooks'] },
    { domains: ['social', 'push'], parts: ['follows', 'timelines'] },
  ] as const)('waits in erasures for what it has: $domains', ({ domains, parts }) => {
    const synthesis = synthesised({ config: { ...config, domains } });
    const [erasureParts] = Object.keys(synthesis.entries).flatMap(
      (fn) => environmentOf(synthesis, fn)['ERASURE_PARTS'] ?? [],
    );
    expect(JSON.parse(erasureParts ?? '[]')).toEqual(parts);
  });

  test('leaves out encrypted-only rules where told that an emulator has no TLS', () => {
    const plain = synthesised({ context: { 'sequitur:plainHttp': 'allow' } });
    expect(JSON.stringify(templates)).toContain('aws:SecureTransport');
    expect(JSON.stringify(plain.templates)).not.toContain('aws:SecureTransport');
  });
});

describe('two installations in one account', () => {
  const app = new App({ context: testContext, outdir: join(folder, 'two') });
  for (const namePrefix of ['blue', 'green']) {
    addInstallation(app, { ...config, settings: { installation: { namePrefix } } });
  }
  const templates = Object.fromEntries(
    app.synth().stacks.map((stack) => [stack.stackName, JSON.stringify(stack.template)]),
  );

  test('are stacks of their own', () => {
    expect(Object.keys(templates).toSorted()).toEqual([
      'blue-convos',
      'blue-core',
      'blue-push',
      'blue-social',
      'blue-webhooks',
      'green-convos',
      'green-core',
      'green-push',
      'green-social',
      'green-webhooks',
    ]);
  });

  test('share nothing: neither names the other', () => {
    for (const [name, template] of Object.entries(templates)) {
      expect(template).not.toContain(name.startsWith('blue') ? 'green' : 'blue');
    }
  });

  test('count apart', () => {
    for (const domain of ['social', 'convos', 'webhooks', 'push']) {
      expect(templates[`blue-${domain}`]).toContain('Sequitur/blue');
      expect(templates[`green-${domain}`]).toContain('Sequitur/green');
    }
  });
});

test('an installation that breaks a rule of cdk-nag is not synthesised', () => {
  const app = sequiturApp(config, { context: testContext, outdir: join(folder, 'refused') });
  const stack = app.node.findChild('sequitur-core');
  if (!(stack instanceof Stack)) throw new Error('no stack');
  new Queue(stack, 'WithoutDeadLetters');
  expect(() => app.synth()).toThrow('AwsSolutions-SQS3');
});
