import { once } from 'node:events';
import * as z from 'zod';
import { packed } from '../../lambdas/push/export/packing.ts';
import { s3Outbox } from '../../lambdas/push/export/s3-outbox.ts';
import { newS3Client } from '../../lambdas/push/s3-client.ts';
import { zip } from '../../lambdas/shared/define/push-rule.ts';
import { rule } from '../push.ts';
import { largeFile, largeFileOrder } from './large-file.ts';
import type { LargeFileOrder } from './large-file.ts';
import { connectorTo, push, targetOf } from './sftp-push.ts';

// A process of its own, since its memory is measured.
const [order] = z.tuple([largeFileOrder]).parse((await once(process, 'message')).slice(0, 1));
await done(order);
process.send?.({ peakMb: process.resourceUsage().maxRSS / 1_024 });
process.disconnect();

async function done(what: LargeFileOrder): Promise<void> {
  // Of a kind that is compressed already, as large files mostly are.
  const { file, open } = largeFile('film.mp4', what.bytes);
  if (what.kind === 'send') {
    const { server } = what;
    await push(connectorTo(server), targetOf(server), [file], { open });
    return;
  }
  const client = newS3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: what.endpoint,
    forcePathStyle: true,
  });
  const outbox = { ...s3Outbox(client, { exports: 'exports', binaries: 'binaries' }), open };
  const work = {
    rule: { ...rule, pack: zip('films.zip') },
    folder: 'films/outbox/1/',
    signal: new AbortController().signal,
  };
  const [archive] = await packed([file], work, outbox);
  if (archive === undefined || archive.size < what.bytes) throw new Error('not all is packed');
  client.destroy();
}
