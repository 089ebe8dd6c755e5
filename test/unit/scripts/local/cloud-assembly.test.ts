import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readAssetBuckets, readStacks } from '../../../../scripts/local/cloud-assembly.ts';
import { withTemporaryPaths } from './temporary-paths.ts';

test('stacks, their resources and the buckets of their assets are read from the assembly', async () => {
  await withTemporaryPaths(async ({ root }) => {
    const write = (file: string, value: unknown) =>
      writeFile(join(root, file), JSON.stringify(value));
    await write('manifest.json', {
      version: '1',
      artifacts: {
        Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
        'core.assets': { type: 'cdk:asset-manifest', properties: { file: 'core.assets.json' } },
        core: {
          type: 'aws:cloudformation:stack',
          properties: { templateFile: 'core.template.json', stackName: 'news-core' },
        },
      },
    });
    await write('core.template.json', {
      Resources: {
        Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 't' } },
        Topic: { Type: 'AWS::SNS::Topic' },
      },
    });
    const bucketName = 'assets-${AWS::AccountId}-${AWS::Region}';
    await write('core.assets.json', {
      files: { a: { destinations: { here: { bucketName } } }, b: { destinations: {} } },
    });

    expect(await readStacks(root)).toEqual([
      {
        name: 'news-core',
        resources: [
          { logicalId: 'Table', type: 'AWS::DynamoDB::Table', properties: { TableName: 't' } },
          { logicalId: 'Topic', type: 'AWS::SNS::Topic', properties: {} },
        ],
      },
    ]);
    expect(await readAssetBuckets(root, '000000000000', 'us-east-1')).toEqual([
      'assets-000000000000-us-east-1',
    ]);
  });
});
