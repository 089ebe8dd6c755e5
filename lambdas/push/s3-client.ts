import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { clientSettings, tellErrorsApart } from '../shared/aws-client.ts';
import { TransientError } from '../shared/errors.ts';

/** Longer than of other services: a request may carry a part of a large file. */
const requestTimeoutMs = 60_000;

/**
 * Silence in the middle of a file after which S3 counts as dead: longer than that of any target, since a
 * file that waits for its target is silent too.
 */
const fileSilenceMs = 330_000;

/** Refusals of S3 that say nothing against the request, beside those with a status of 5xx. */
const passing: readonly string[] = ['OperationAborted', 'RequestTimeout', 'SlowDown'];

/**
 * A client of S3. Region, endpoint and credentials come from the environment, locally as on AWS; at an
 * endpoint that is an IP address the SDK puts the bucket into the path. What fails for a passing reason,
 * after the SDK's own retries, fails with a `TransientError`.
 */
export function newS3Client(config: S3ClientConfig = {}): S3Client {
  const client = new S3Client({
    ...clientSettings,
    requestHandler: {
      ...clientSettings.requestHandler,
      requestTimeout: requestTimeoutMs,
      socketTimeout: fileSilenceMs,
    },
    // A presigned URL would otherwise demand the checksum of an empty file.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    ...config,
  });
  // The SDK blames the client for every error that S3's model doesn't name, as for SlowDown (503).
  client.middlewareStack.add(
    (next) => async (call) => {
      try {
        return await next(call);
      } catch (error) {
        if (!(error instanceof S3ServiceException) || !isPassing(error)) throw error;
        throw new TransientError(error.name, { cause: error });
      }
    },
    { step: 'initialize', priority: 'normal', name: 'sequiturS3Errors' },
  );
  tellErrorsApart(client);
  return client;
}

function isPassing({ name, $metadata }: S3ServiceException): boolean {
  return passing.includes(name) || ($metadata.httpStatusCode ?? 0) >= 500;
}
