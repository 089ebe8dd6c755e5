import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { sampleMark } from '../../../../scripts/local/sample-mark.ts';

const stack = {
  name: 'sequitur-social',
  resources: [
    { logicalId: 'Role', type: 'AWS::IAM::Role', properties: {} },
    { logicalId: 'Follows', type: 'AWS::DynamoDB::GlobalTable', properties: {} },
  ],
};

const description = `<DescribeStackResourcesResponse><DescribeStackResourcesResult><StackResources>
<member><LogicalResourceId>Follows</LogicalResourceId><PhysicalResourceId>follows-1</PhysicalResourceId></member>
</StackResources></DescribeStackResourcesResult></DescribeStackResourcesResponse>`;

interface Input {
  readonly TableName?: string;
  readonly ResourceArn?: string;
  readonly Tags?: unknown[];
}

/** An emulator with one table, whose tags are what is given. */
async function withEmulator(
  tags: unknown[],
  run: (awsEndpoint: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const operation = String(request.headers['x-amz-target']).split('.')[1];
      if (operation === undefined) return response.end(description);
      const { TableName, ResourceArn, Tags = [] } = JSON.parse(body) as Input;
      if (operation === 'DescribeTable') {
        return response.end(JSON.stringify({ Table: { TableArn: `arn:${String(TableName)}` } }));
      }
      if (ResourceArn !== 'arn:follows-1') return response.writeHead(400).end('{}');
      if (operation === 'TagResource') tags.push(...Tags);
      return response.end(JSON.stringify({ Tags: tags }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    await run(`http://127.0.0.1:${String(address.port)}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a table says whether its data set has had the sample, beside its other tags', async () => {
  const tags: unknown[] = [{ Key: 'application', Value: 'sequitur' }];
  await withEmulator(tags, async (awsEndpoint) => {
    const mark = sampleMark({ awsEndpoint, region: 'us-east-1' }, stack);
    expect(await mark.isSet()).toBe(false);
    await mark.set();
    expect(await mark.isSet()).toBe(true);
    expect(tags).toHaveLength(2);
  });
});

test('a stack without a table cannot be marked', async () => {
  await withEmulator([], async (awsEndpoint) => {
    const mark = sampleMark({ awsEndpoint, region: 'us-east-1' }, { ...stack, resources: [] });
    await expect(mark.isSet()).rejects.toThrow('sequitur-social has no table');
  });
});
