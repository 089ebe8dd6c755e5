import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { startHeldStack } from '../../scripts/ci/held-stack.ts';
import { emulatorClient } from '../../scripts/local/emulator-client.ts';
import { localPaths } from '../../scripts/local/paths.ts';
import { physicalNames } from '../../scripts/local/physical-names.ts';
import { mintToken } from '../../scripts/local/token.ts';

/** A folder of its own: everything in it is removed first. */
const paths = localPaths({ SEQUITUR_LOCAL_DIR: 'bench/.cache/stack' });

/** A whole local deployment of this code, with nothing in it. */
export interface BenchStack {
  /** Calls its API as the operator; gives what was answered with this status. */
  call: (method: string, path: string, status: number, body?: unknown) => Promise<unknown>;
  /** The table of webhooks. */
  table: { client: DynamoDBDocumentClient; tableName: string };
  /** The queue of the post worker. */
  postQueue: { client: SQSClient; url: string };
  end: () => Promise<void>;
}

/** Starts one on free ports; it ends with this process at the latest. */
export async function startBenchStack(): Promise<BenchStack> {
  const { stack, end } = await startHeldStack(paths);
  const closing: { destroy: () => void }[] = [];
  const stop = async (): Promise<void> => {
    for (const client of closing) client.destroy();
    await end();
  };
  try {
    const queues = emulatorClient(SQSClient, stack);
    const formation = emulatorClient(CloudFormationClient, stack);
    const client = DynamoDBDocumentClient.from(emulatorClient(DynamoDBClient, stack), {
      marshallOptions: { removeUndefinedValues: true },
    });
    closing.push(queues, formation, client);
    const names = await physicalNames(formation, 'sequitur-webhooks');
    const token = await mintToken({ sub: 'operator', admin: true }, paths);
    return {
      call: async (method, path, status, sent) => {
        const answer = await fetch(`${stack.apiUrl}/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          ...(sent !== undefined && { body: JSON.stringify(sent) }),
        });
        const text = await answer.text();
        if (answer.status !== status) {
          throw new Error(`${method} ${path} answered ${String(answer.status)}: ${text}`);
        }
        const body: unknown = text === '' ? undefined : JSON.parse(text);
        return body;
      },
      table: { client, tableName: nameOf(names, /^WebhooksTable[0-9A-F]{8}$/) },
      postQueue: { client: queues, url: nameOf(names, /^WebhooksPost\w*Queue[0-9A-F]{8}$/) },
      end: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws RangeError unless just one resource has such an id in the template. */
function nameOf(names: ReadonlyMap<string, string>, id: RegExp): string {
  const found = [...names].filter(([logicalId]) => id.test(logicalId));
  const [[, name] = []] = found;
  if (name !== undefined && found.length === 1) return name;
  throw new RangeError(`${String(found.length)} resources have an id like ${id.source}`);
}
