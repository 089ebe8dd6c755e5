import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { notLoaded, sampleCall } from './sample-call.ts';
import type { SampleTarget } from './sample.ts';

/** What partners get first, within a minute of its being loaded. */
const sampleContent = { photo: 'photo:harbour', story: 'story:harbour' } as const;

const photoFile = join(import.meta.dirname, 'sample-photo.jpg');

const photo = { title: 'The harbour at dusk', credit: 'Flo' };

const story = {
  title: 'The ferry is back',
  content: `<p>After eleven years without one, the old harbour has its ferry again. The first boat left
on Thursday at six in the morning, with forty passengers, nine bicycles and a piano on board, and was back
before the bakery opened.</p>
<p>&ldquo;People waited for this,&rdquo; says Flo, who steers it. Six times a day she crosses to the
island &ndash; seven times on market days. A crossing takes twelve minutes, and two minutes more when the
tide runs out.</p>
<p>Tickets are sold on board only. Children, dogs and pianos travel free of charge until the end of the
month, the town says; after that, pianos pay like everybody else.</p>`,
  state: 20,
  updatedAt: '2026-11-19T08:00:00.000Z',
  photo: sampleContent.photo,
};

/** An upload becomes part of its content by a notification, which takes a moment. */
const arrivalMilliseconds = 30_000;
const pollMilliseconds = 250;

/**
 * Loads a photo with its file, and an online story that shows it: the shipped rules push both to the
 * partners' servers. Safe to repeat: what is there already stays as it is.
 */
export async function loadContentSample({
  apiUrl,
  tokenOf,
}: Pick<SampleTarget, 'apiUrl' | 'tokenOf'>): Promise<void> {
  const asAdmin = sampleCall(apiUrl, await tokenOf({ sub: 'operator', admin: true }));
  const photoPath = pathOf(sampleContent.photo);
  const hasFile = async () => {
    const { binaries } = z
      .object({ binaries: z.array(z.unknown()) })
      .parse(await asAdmin('GET', photoPath));
    return binaries.length > 0;
  };

  await asAdmin('PUT', photoPath, { fields: photo });
  if (!(await hasFile())) {
    const answer = await asAdmin('POST', `${photoPath}/binaries/original`);
    await upload(z.object({ uploadUrl: z.url() }).parse(answer).uploadUrl);
  }
  for (let waited = 0; !(await hasFile()); waited += pollMilliseconds) {
    if (waited >= arrivalMilliseconds) throw notLoaded(`the file of ${photoPath} did not arrive`);
    await delay(pollMilliseconds);
  }
  // Last, so that its push finds the photo.
  await asAdmin('PUT', pathOf(sampleContent.story), { fields: story });
}

function pathOf(ref: string): string {
  return `content/${ref.replace(':', '/')}`;
}

async function upload(url: string): Promise<void> {
  const response = await fetch(url, { method: 'PUT', body: await readFile(photoFile) });
  if (response.ok) return;
  throw notLoaded(`the upload answered ${String(response.status)} ${await response.text()}`);
}
