import { call } from './api.ts';
import { admin } from './people.ts';

/** An item of content that tests of all operations find: nothing follows from it. */
export const standingPhoto = { type: 'photo', id: 'standing' };

export async function putStandingContent(): Promise<void> {
  const body = { fields: { title: 'Standing' } };
  const { status } = await call(await admin(), 'PUT', '/content/photo/standing', { body });
  if (status !== 200 && status !== 201) throw new Error(`the photo was answered ${status}`);
}
