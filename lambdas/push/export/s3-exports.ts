import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { deleteObjects } from '../s3-objects.ts';
import type { OldExport, Outbox } from './outbox.ts';

/** Objects of one ListObjectsV2 call (S3's limit). */
const objectsPerCall = 1_000;

/** What cleaning needs of the outbox, without what writing to it brings along. */
export type Exports = Pick<Outbox, 'list' | 'remove'>;

/** Exported files, to be listed and deleted. */
export function s3Exports(client: S3Client, bucket: string): Exports {
  return {
    async list({ after, limit }) {
      const files: OldExport[] = [];
      let isTruncated = true;
      while (isTruncated && files.length < limit) {
        const { Contents = [], IsTruncated = false } = await client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            StartAfter: files.at(-1)?.key ?? after,
            MaxKeys: Math.min(limit - files.length, objectsPerCall),
          }),
        );
        for (const { Key, Size, LastModified } of Contents) {
          if (Key === undefined || Size === undefined || LastModified === undefined) {
            throw new Error(`S3 listed an object of ${bucket} without its key, size or time`);
          }
          files.push({ key: Key, size: Size, modifiedMs: LastModified.getTime() });
        }
        isTruncated = IsTruncated;
      }
      return { files, after: isTruncated ? files.at(-1)?.key : undefined };
    },
    remove: (keys) => deleteObjects(client, bucket, keys),
  };
}
