import { afterAll, expect, test } from '@jest/globals';
import { createHook, deleteHooks } from '../support/e2e/hooks.ts';
import { admin } from '../support/e2e/people.ts';
import { newRef, pushed, put, storyFields } from '../support/e2e/push.ts';
import { endReceivers, newReceiver } from '../support/e2e/receivers.ts';
import { eventually } from '../support/e2e/eventually.ts';

afterAll(deleteHooks);
afterAll(endReceivers);

test('what became of each push is told to subscribers', async () => {
  const receiver = await newReceiver();
  await createHook(await admin(), receiver.url, { events: ['push.*'] });
  const photo = newRef('photo');
  await put(photo, {});
  const [good, bad] = [newRef('story'), newRef('story')];
  await put(good, storyFields());
  await put(bad, storyFields({ photo }));
  const [goodRows, badRows] = [await pushed(good, 2), await pushed(bad, 2)];
  await eventually(async () => {
    const events = receiver.posts.map(
      ({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> },
    );
    for (const row of [...goodRows, ...badRows]) {
      const told = events.filter(({ data }) => data['item'] === row.id);
      expect(told).toMatchObject([
        {
          type: row.status === 'PUSHED' ? 'push.succeeded' : 'push.failed',
          data: {
            rule: 'partner-stories',
            target: row.target,
            content: row.content,
            status: row.status,
            statusCode: row.statusCode,
            message: row.message,
            runId: row.runId,
          },
        },
      ]);
    }
    return Promise.resolve();
  });
});
