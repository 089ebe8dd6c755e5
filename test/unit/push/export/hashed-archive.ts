import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { tarGzArchive } from '../../../../lambdas/push/export/tar-gz-archive.ts';
import { zipArchive } from '../../../../lambdas/push/export/zip-archive.ts';
import { sample } from './entries.ts';

// Run by itself, since a process keeps the time zone that it began with.
const pack = process.argv[2] === 'zip' ? zipArchive : tarGzArchive;
console.log(
  createHash('sha256')
    .update(await buffer(pack(sample)))
    .digest('hex'),
);
