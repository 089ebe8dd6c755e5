import { describe, expect, test } from '@jest/globals';
import { arrivalMessage } from '../../../../lambdas/push/content/arrival-message.ts';
import { jobOf } from '../../../../lambdas/shared/queue-handler.ts';
import { PermanentError } from '../../../../lambdas/shared/errors.ts';

const ulid = '01KAJ0M9Y8N3V5T7W9X1Z2B4C6';

/** As S3 sends it, of which the key is all that counts. */
const notification = (...keys: string[]) =>
  JSON.stringify({
    Records: keys.map((key) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'us-east-1',
      eventTime: '2026-11-21T10:30:00.000Z',
      eventName: 'ObjectCreated:Put',
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: 'binaries', arn: 'arn:aws:s3:::binaries' },
        object: { key, size: 1024, eTag: 'd41d8cd98f00b204e9800998ecf8427e', sequencer: '0A1B' },
      },
    })),
  });

describe('a message of S3', () => {
  test.each([
    [`photo/7/original/${ulid}`, `photo/7/original/${ulid}`],
    [`photo/a%2Bb%3D%7C%40%3A%7E/original/${ulid}`, `photo/a+b=|@:~/original/${ulid}`],
    ['a+b%20c', 'a b c'],
    ['caf%C3%A9', 'café'],
    ['100%', '100%'],
  ])('names the key %s', (written, key) => {
    expect(jobOf(arrivalMessage, notification(written))).toEqual([key]);
  });

  test('may name several', () => {
    expect(jobOf(arrivalMessage, notification('a', 'b'))).toEqual(['a', 'b']);
  });

  test('that tries the queue names none', () => {
    const body = JSON.stringify({
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: '2026-11-21T10:30:00.000Z',
      Bucket: 'binaries',
      RequestId: '5582815E1AEA5ADF',
      HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR',
    });
    expect(jobOf(arrivalMessage, body)).toEqual([]);
  });

  test.each(['{}', '[]', '{"Event":"other"}', '{"Records":[{}]}', 'x'])(
    'is not: %s, which waits for a person',
    (body) => {
      expect(() => jobOf(arrivalMessage, body)).toThrow(PermanentError);
    },
  );
});
