import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { largeFileAnswer } from './large-file.ts';
import type { LargeFileOrder } from './large-file.ts';
import { withOpenSsh } from './local-openssh.ts';
import { startS3Sink } from './s3-sink.ts';

const bytes = 1_000_000_000;

/** Memory of the process as a whole, Node.js included. */
const goal = { atMost: 256 };

/** Most memory that it takes to bring a file of 1 GB to a server, and to pack one. */
export async function measureLargeFile(report: (progress: string) => void): Promise<Result[]> {
  const sent = await withOpenSsh(
    { report, inMemory: false },
    async ({ url, hostKeys, credentials }) => {
      const { user = '', privateKey = '' } = credentials;
      const server = { url, hostKeys: [...hostKeys], credentials: { user, privateKey } };
      const peak = await peakOf({ kind: 'send', bytes, server });
      return result('push of a file of 1 GB over SFTP: peak memory', peak, 'MB', goal);
    },
  );
  const sink = await startS3Sink();
  try {
    const peak = await peakOf({ kind: 'zip', bytes, endpoint: sink.endpoint });
    const zipped = result('zip of a file of 1 GB, uploaded to S3: peak memory', peak, 'MB', goal);
    return sent === undefined ? [zipped] : [sent, zipped];
  } finally {
    await sink.stop();
  }
}

async function peakOf(order: LargeFileOrder): Promise<number> {
  const child = fork(join(import.meta.dirname, 'large-file-process.ts'), {
    execArgv: [],
    timeout: 120_000,
  });
  child.send(order);
  const answer: unknown = await Promise.race([
    once(child, 'message').then(([message]: unknown[]) => message),
    once(child, 'exit').then(([code]: unknown[]) => {
      throw new Error(`the process with the large file ended with ${String(code)}`);
    }),
  ]);
  return largeFileAnswer.parse(answer).peakMb;
}
