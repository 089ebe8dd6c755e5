import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import * as z from 'zod';
import { PermanentError } from '../../shared/errors.ts';
import { openObject } from '../s3-objects.ts';
import type { Outbox } from './outbox.ts';
import { s3Exports } from './s3-exports.ts';

/**
 * Parts of a file under way at once, and bytes of each: 10,000 parts make 80 GB. Several files are written at
 * the same time, in the memory of one function.
 */
const partsAtOnce = 2;
const partBytes = 8 * 1_024 * 1_024;

/** S3 answers when all bytes are copied: of 5 GB, after minutes. */
const copyTimeoutMs = 300_000;

const chunkSchema = z.instanceof(Uint8Array);

/** Exported files as objects of a bucket. Uploaded files are copied from theirs, of up to 5 GB each. */
export function s3Outbox(
  client: S3Client,
  { exports, binaries }: { exports: string; binaries: string },
): Outbox {
  const sizeOf = async (Key: string): Promise<number> => {
    const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: exports, Key }));
    if (ContentLength === undefined) throw new Error(`S3 does not say how large ${Key} is`);
    return ContentLength;
  };
  return {
    ...s3Exports(client, exports),
    async put(key, bytes) {
      await client.send(new PutObjectCommand({ Bucket: exports, Key: key, Body: bytes }));
    },
    async write(key, bytes) {
      let size = 0;
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of bytes) {
          const part = chunkSchema.parse(chunk);
          size += part.length;
          yield part;
        }
      };
      const upload = new Upload({
        client,
        params: { Bucket: exports, Key: key, Body: Readable.from(counted()) },
        queueSize: partsAtOnce,
        partSize: partBytes,
      });
      await upload.done();
      return size;
    },
    async copy(binaryKey, key) {
      const CopySource = [binaries, ...binaryKey.split('/')].map(encodeURIComponent).join('/');
      try {
        await client.send(new CopyObjectCommand({ Bucket: exports, Key: key, CopySource }), {
          requestTimeout: copyTimeoutMs,
        });
      } catch (error) {
        if (error instanceof NoSuchKey || isNoSuchKey(error)) return undefined;
        throw error;
      }
      return sizeOf(key);
    },
    async open(key) {
      const bytes = await openObject(client, exports, key);
      if (bytes === undefined) throw new PermanentError(`there is no exported file ${key}`);
      return bytes;
    },
  };
}

/** CopyObject's model does not name this error. */
function isNoSuchKey(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchKey';
}
