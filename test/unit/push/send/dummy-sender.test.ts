import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { dummySender } from '../../../../lambdas/push/send/dummy-sender.ts';
import { destinationOn, outgoing, someBytes } from '../../../support/push/peers/outgoing.ts';

const destination = destinationOn({ url: 'dummy://nowhere', credentials: {}, hostKeys: [] });

test('reads a file to its end and says that it was sent', async () => {
  const source = Readable.from([someBytes(100_000), someBytes(20_000)]);
  const connection = await dummySender.connect(destination);
  await connection.put({
    ...outgoing('a/b.bin', someBytes(120_000)),
    open: () => Promise.resolve(source),
  });
  expect(source.readableEnded).toBe(true);
});

test('a file that is not what was exported is an error', async () => {
  const connection = await dummySender.connect(destination);
  const file = outgoing('a.bin', someBytes(10));
  await expect(connection.put({ ...file, size: 11 })).rejects.toThrow(/10 bytes, not 11/);
  await expect(connection.put({ ...file, size: 9 })).rejects.toThrow(/more bytes, not 9/);
});

test('a source that falls silent ends after the silence, and is let go of', async () => {
  const silent = new Readable({ read: () => undefined });
  const connection = await dummySender.connect({ ...destination, timeoutMs: 100 });
  const file = { ...outgoing('a.bin', someBytes(10)), open: () => Promise.resolve(silent) };
  await expect(connection.put(file)).rejects.toThrow(
    /no bytes of the exported file came for 0\.1 s/,
  );
  expect(silent.destroyed).toBe(true);
});
