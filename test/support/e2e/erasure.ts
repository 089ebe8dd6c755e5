import { expect } from '@jest/globals';
import { call } from './api.ts';
import { eventually } from './eventually.ts';
import { admin } from './people.ts';

export interface Erasure {
  state: string;
  startedAt: string;
  finishedAt?: string;
  removed: { edges: number; actions: number; messages: number };
}

/** The erasure of a resource, once it is done. */
export async function erased(ref: string): Promise<Erasure> {
  const operator = await admin();
  let last: Erasure | undefined;
  await eventually(async () => {
    const { status, body } = await call<Erasure>(operator, 'GET', `/resources/${ref}/erasure`);
    expect(status).toBe(200);
    expect(body.state).toBe('done');
    last = body;
  });
  if (!last) throw new Error(`${ref} is not erased`);
  return last;
}

/** Erases a resource and waits until it is done. */
export async function erase(ref: string): Promise<Erasure> {
  const { status } = await call(await admin(), 'DELETE', `/resources/${ref}`);
  expect(status).toBe(202);
  return erased(ref);
}
