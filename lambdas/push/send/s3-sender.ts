import { Readable } from 'node:stream';
import { S3Client, S3ServiceException, type S3ClientConfig } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type {
  Connection,
  Destination,
  OutgoingFile,
  PushSender,
} from '../../shared/define/push-sender.ts';
import { PermanentError } from '../../shared/errors.ts';
import { inWords } from './failure-words.ts';
import { fileBytes } from './file-bytes.ts';
import { fileSegments, urlSegments } from './remote-place.ts';

const parallel = 4;

/** S3 takes at most 10,000 parts of an upload, each of at least 5 MiB but the last. */
const mostParts = 10_000;
const leastPartBytes = 5 * 1_024 * 1_024;

/** Parts of a file under way at the same time; each is held in memory. */
const partsAtOnce = 2;

/** Refusals that stay. */
const refusals: readonly string[] = [
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'NoSuchBucket',
  'AllAccessDisabled',
];

/**
 * A bucket. `user` and `password` of the secret are the access key's id and secret; without a secret the
 * function goes as itself. A key appears when all of the file is there, so nothing is renamed; S3
 * compares checksums itself.
 */
export function s3Sender(settings: S3ClientConfig = {}): PushSender {
  return {
    scheme: 's3',
    connect(destination): Promise<Connection> {
      const client = clientFor(destination, settings);
      return Promise.resolve({
        parallel,
        put: async (file) => {
          try {
            await put(client, destination, file);
          } catch (error) {
            throw s3Failure(destination.url, error);
          }
        },
        close: () => {
          client.destroy();
          return Promise.resolve();
        },
      });
    },
  };
}

function clientFor(
  { url, credentials, timeoutMs }: Destination,
  settings: S3ClientConfig,
): S3Client {
  const { user, password } = credentials;
  if ((user === undefined) !== (password === undefined)) {
    throw new PermanentError(
      `${url.host}: the target's secret needs a 'user' (id of an access key) and a 'password' (its secret)`,
    );
  }
  return new S3Client({
    // A partner's bucket may be elsewhere.
    followRegionRedirects: true,
    requestHandler: { connectionTimeout: timeoutMs, socketTimeout: timeoutMs },
    maxAttempts: 2,
    ...settings,
    ...(user === undefined || password === undefined
      ? {}
      : { credentials: { accessKeyId: user, secretAccessKey: password } }),
  });
}

async function put(client: S3Client, destination: Destination, file: OutgoingFile): Promise<void> {
  const { url, signal } = destination;
  signal.throwIfAborted();
  const upload = new Upload({
    client,
    params: {
      Bucket: url.host,
      Key: [...urlSegments(url), ...fileSegments(file.path)].join('/'),
      Body: Readable.from(fileBytes(file, destination), { objectMode: false }),
    },
    partSize: Math.max(leastPartBytes, Math.ceil(file.size / mostParts)),
    queueSize: partsAtOnce,
    leavePartsOnError: false,
  });
  const abort = () => void upload.abort();
  signal.addEventListener('abort', abort);
  try {
    await upload.done();
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function s3Failure(url: URL, error: unknown): Error {
  if (error instanceof S3ServiceException && refusals.includes(error.name)) {
    return new PermanentError(`${url.host}: ${error.name}: ${error.message}`, { cause: error });
  }
  return inWords(url, error);
}
