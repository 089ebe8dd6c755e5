import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { newS3Client } from '../../../lambdas/push/s3-client.ts';
import { isMinistack, localRegion } from '../../../scripts/local/emulator.ts';
import { localPaths } from '../../../scripts/local/paths.ts';
import { findFreePort } from '../../../scripts/local/port.ts';
import { startProcessGroup } from '../../../scripts/local/process-group.ts';
import {
  emulatorRequirements,
  ensurePythonEnvironment,
} from '../../../scripts/local/python-env.ts';
import { untilReady } from '../../../scripts/local/until-ready.ts';

export interface LocalS3 {
  endpoint: string;
  client: S3Client;
  /** Another client, e.g. one that repeats nothing by itself. */
  connect: (config?: S3ClientConfig) => S3Client;
  /** @returns its name */
  makeBucket: (name: string) => Promise<string>;
  stop: () => Promise<void>;
}

/** The AWS emulator on a free port, for S3 alone; what it holds goes with it. */
export async function startLocalS3(): Promise<LocalS3> {
  const paths = localPaths();
  await ensurePythonEnvironment({
    directory: paths.pythonEnvironment,
    requirements: [emulatorRequirements],
  });
  await mkdir(paths.engineDirectory, { recursive: true });
  const directory = await mkdtemp(join(paths.engineDirectory, 's3-'));
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${String(port)}`;
  const logFile = join(directory, 'emulator.log');
  const group = await startProcessGroup({
    name: 'The AWS emulator',
    command: join(paths.pythonEnvironment, 'bin', 'python'),
    args: [join(import.meta.dirname, '../../../scripts/local/emulator-launcher.py')],
    environment: {
      PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(':'),
      HOME: directory,
      TMPDIR: directory,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      IOT_MTLS_ENABLED: '0',
      LOG_LEVEL: 'ERROR',
      MINISTACK_REGION: localRegion,
      AWS_ENDPOINT_URL: endpoint,
    },
    workingDirectory: directory,
    logFile,
  });
  const stopEmulator = async () => {
    await group.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const isReady = () => isMinistack(endpoint);
    await untilReady({ name: 'The AWS emulator', group, logFile, isReady });
  } catch (error) {
    await stopEmulator();
    throw error;
  }
  const clients: S3Client[] = [];
  const connect = (config: S3ClientConfig = {}) => {
    // The only key whose presigned URLs the emulator takes.
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const made = newS3Client({ endpoint, region: localRegion, credentials, ...config });
    clients.push(made);
    return made;
  };
  const client = connect();
  return {
    endpoint,
    client,
    connect,
    makeBucket: async (name) => {
      await client.send(new CreateBucketCommand({ Bucket: name }));
      return name;
    },
    stop: async () => {
      for (const made of clients) made.destroy();
      await stopEmulator();
    },
  };
}
