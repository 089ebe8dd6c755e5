import { describe, expect, test } from '@jest/globals';
import { resourcesOf, synthesised } from './synthesis.ts';

const synthesis = synthesised();
const functions = resourcesOf(synthesis, 'AWS::Lambda::Function');
const mappings = resourcesOf(synthesis, 'AWS::Lambda::EventSourceMapping');

describe.each(functions)('%s', (_id, { Properties }) => {
  test('runs on Node 24 and arm64, traced', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
    });
  });

  test('logs to its own group, which forgets', () => {
    const { LogGroup } = Properties['LoggingConfig'] as { LogGroup: { Ref: string } };
    const groups = resourcesOf(synthesis, 'AWS::Logs::LogGroup');
    const group = groups.find(([id]) => id === LogGroup.Ref)?.[1];
    expect(group?.Properties['RetentionInDays']).toBe(30);
  });

  test('says what it is for', () => {
    expect(Properties['Description']).toMatch(/^[A-Z].+\.$/);
  });
});

test('every function logs to another group', () => {
  const groups = functions.map(([, { Properties }]) => JSON.stringify(Properties['LoggingConfig']));
  expect(new Set(groups).size).toBe(functions.length);
});

test.each(mappings)('%s fails records singly', (_id, { Properties }) => {
  expect(Properties['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
});

test('streams split failing batches, retry for a day and then tell the failure queue', () => {
  const streams = mappings.filter(([, { Properties }]) => 'StartingPosition' in Properties);
  expect(streams).toHaveLength(5);
  for (const [, { Properties }] of streams) {
    expect(Properties).toMatchObject({
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 23 * 60 * 60,
      StartingPosition: 'TRIM_HORIZON',
      DestinationConfig: { OnFailure: { Destination: expect.anything() } },
    });
  }
});

test('every route but health, the API document and unknown paths asks for a token', () => {
  const open = resourcesOf(synthesis, 'AWS::ApiGatewayV2::Route')
    .filter(([, { Properties }]) => Properties['AuthorizationType'] !== 'JWT')
    .map(([, { Properties }]) => Properties['RouteKey']);
  expect(new Set(open)).toEqual(new Set(['$default', 'ANY /v1/health', 'ANY /v1/openapi.json']));
});
