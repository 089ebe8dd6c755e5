import type { EventBridgeClientConfig } from '@aws-sdk/client-eventbridge';

/** A request as the SDK would send it: the operation and its input, as on the wire. */
export interface AwsRequest {
  operation: string;
  input: Record<string, unknown>;
}

/**
 * Configuration for a real client of the AWS SDK whose service is a function: all is real but the
 * network, so that what is tested are the requests that AWS would get.
 *
 * @param answer gives the body of a 200; what it throws is a lost connection
 */
export function answeredBy(answer: (request: AwsRequest) => unknown): ClientConfig {
  const handle = async (request: { headers: Record<string, string>; body?: unknown }) => {
    const operation = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
    const input = JSON.parse(textOf(request.body)) as AwsRequest['input'];
    const body = Buffer.from(JSON.stringify(await answer({ operation, input })));
    return { response: { statusCode: 200, headers: {}, body } };
  };
  return {
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: { handle },
  };
}

type ClientConfig = Pick<
  EventBridgeClientConfig,
  'credentials' | 'maxAttempts' | 'region' | 'requestHandler'
>;

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);
}
