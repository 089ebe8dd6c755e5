import { randomFillSync } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { tarGzArchive } from '../../../../lambdas/push/export/tar-gz-archive.ts';
import { zipArchive } from '../../../../lambdas/push/export/zip-archive.ts';

// Run by itself, since its memory is measured: packs a file and throws the archive away.
const [kind, path = '', megabytes] = process.argv.slice(2);
const size = Number(megabytes) * 1_000_000;
// Noise takes long to compress, zeros would leave nothing of the archive.
const chunk = randomFillSync(Buffer.alloc(1_000_000), 0, 100_000);

function* chunks() {
  for (let sent = 0; sent < size; sent += chunk.length) yield chunk;
}

const open = () => Promise.resolve(Readable.from(chunks(), { objectMode: false }));
let packedSize = 0;
const nowhere = new Writable({
  write(bytes: Buffer, _encoding, written) {
    packedSize += bytes.length;
    setImmediate(written);
  },
});
const pack = kind === 'zip' ? zipArchive : tarGzArchive;
await pipeline(pack([{ path, size, open }]), nowhere);
console.log(
  JSON.stringify({
    size: packedSize,
    peakMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  }),
);
