import { Readable } from 'node:stream';
import { DeleteObjectsCommand, GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { TransientError } from '../shared/errors.ts';

/** Objects of one DeleteObjects call (S3's limit). */
const objectsPerCall = 1_000;

/** The bytes of an object; `undefined`: there is none. */
export async function openObject(
  client: S3Client,
  Bucket: string,
  Key: string,
): Promise<Readable | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    if (Body instanceof Readable) return Body;
    throw new Error(`S3 answered without the bytes of ${Key}`);
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/**
 * Deletes objects; those that are not there too.
 *
 * @throws TransientError when some could not be deleted; the others are
 */
export async function deleteObjects(
  client: S3Client,
  Bucket: string,
  keys: readonly string[],
): Promise<void> {
  for (let start = 0; start < keys.length; start += objectsPerCall) {
    const Objects = keys.slice(start, start + objectsPerCall).map((Key) => ({ Key }));
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first !== undefined) {
      throw new TransientError(
        `${String(Errors.length)} objects were not deleted: ${first.Key ?? ''}: ${first.Code ?? ''} ${first.Message ?? ''}`,
      );
    }
  }
}
