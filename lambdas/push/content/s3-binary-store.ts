import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as z from 'zod';
import { asOurError } from '../../shared/transient-failure.ts';
import { deleteObjects, openObject } from '../s3-objects.ts';
import type { BinaryFacts, BinaryStore } from './binary-store.ts';

const chunkSchema = z.instanceof(Uint8Array);

/** Uploaded files as objects of a bucket. */
export function s3BinaryStore(client: S3Client, bucket: string): BinaryStore {
  const open = (key: string) => openObject(client, bucket, key);
  return {
    uploadUrl: (key, seconds) =>
      getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key: key }), {
        expiresIn: seconds,
      }),
    async measure(key) {
      const bytes = await open(key);
      return bytes && factsOf(bytes);
    },
    open,
    remove: (keys) => deleteObjects(client, bucket, keys),
  };
}

async function factsOf(bytes: Readable): Promise<BinaryFacts> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of bytes) {
      const part = chunkSchema.parse(chunk);
      size += part.length;
      hash.update(part);
    }
  } catch (error) {
    throw asOurError(error);
  }
  return { size, sha256: hash.digest('hex') };
}
