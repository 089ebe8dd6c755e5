import { describe, expect, test } from '@jest/globals';
import { config } from '../../config/index.ts';
import { resourcesOf, synthesised } from './synthesis.ts';

const tables = resourcesOf(synthesised(), 'AWS::DynamoDB::GlobalTable');

test('there is a table for each domain with data', () => {
  expect(tables).toHaveLength(5);
});

describe.each(tables)('%s', (_id, table) => {
  const properties = table.Properties as {
    Replicas: Record<string, unknown>[];
    LocalSecondaryIndexes?: unknown;
  };

  test('survives the deletion of its stack', () => {
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('is protected against deletion and restorable to any second', () => {
    expect(properties.Replicas).toHaveLength(1);
    expect(properties.Replicas[0]).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  test('streams old and new images and forgets what expired', () => {
    expect(properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  test('has no local index, which would limit a partition to 10 GB', () => {
    expect(properties.LocalSecondaryIndexes).toBeUndefined();
  });
});

test('an installation that keeps no data deletes its tables with its stacks', () => {
  const disposable = synthesised({
    config: { ...config, settings: { installation: { retainData: false } } },
  });
  for (const [, table] of resourcesOf(disposable, 'AWS::DynamoDB::GlobalTable')) {
    expect(table.DeletionPolicy).toBe('Delete');
    expect(table.Properties['Replicas']).toMatchObject([{ DeletionProtectionEnabled: false }]);
  }
});
