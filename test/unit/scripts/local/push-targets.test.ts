import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { putTargetSecrets } from '../../../../scripts/local/push-targets.ts';

interface Input {
  readonly Name?: string;
  readonly SecretId?: string;
  readonly SecretString: string;
}

/** As much of Secrets Manager as making a secret and changing it. */
async function withSecrets(
  run: (awsEndpoint: string, secrets: ReadonlyMap<string, unknown>) => Promise<void>,
): Promise<void> {
  const secrets = new Map<string, unknown>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { Name, SecretId, SecretString } = JSON.parse(body) as Input;
      const isNew = Name !== undefined && !secrets.has(Name);
      const isChange = SecretId !== undefined && secrets.has(SecretId);
      if (!isNew && !isChange) {
        const error = Name === undefined ? 'ResourceNotFoundException' : 'ResourceExistsException';
        return response.writeHead(400, { 'x-amzn-errortype': error }).end('{}');
      }
      secrets.set(Name ?? SecretId ?? '', JSON.parse(SecretString));
      return response.end('{}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    await run(`http://127.0.0.1:${String(address.port)}`, secrets);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const region = 'us-east-1';
const sftp = { host: '127.0.0.1', port: 1, user: 'a', password: 'one', url: 'sftp://127.0.0.1:1/' };
const ftp = { ...sftp, user: 'b', password: 'two', url: 'ftp://127.0.0.1:1/' };

test('each server’s account becomes the secret of its target', async () => {
  await withSecrets(async (awsEndpoint, secrets) => {
    await putTargetSecrets({ awsEndpoint, region }, { sftp, ftp });
    expect(Object.fromEntries(secrets)).toEqual({
      'sequitur/partner-sftp': { user: 'a', password: 'one' },
      'sequitur/partner-ftp': { user: 'b', password: 'two' },
    });
  });
});

test('a secret of an earlier start has the account of this one afterwards', async () => {
  await withSecrets(async (awsEndpoint, secrets) => {
    await putTargetSecrets({ awsEndpoint, region }, { sftp });
    await putTargetSecrets({ awsEndpoint, region }, { sftp: { ...sftp, password: 'new' } });
    expect(Object.fromEntries(secrets)).toEqual({
      'sequitur/partner-sftp': { user: 'a', password: 'new' },
    });
  });
});
