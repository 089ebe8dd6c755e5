import { randomBytes } from 'node:crypto';
import { mintToken } from '../../../scripts/local/token.ts';

/** Somebody with a token. */
export interface Person {
  /** The resource that the bearer of the token is. */
  ref: string;
  sub: string;
  token: string;
}

/** An id that no other test uses. */
export function uniqueId(name: string): string {
  return `${name}-${randomBytes(6).toString('hex')}`;
}

/** Somebody whom no other test knows. */
export async function newPerson(name: string): Promise<Person> {
  const sub = uniqueId(name);
  return { ref: `user:${sub}`, sub, token: await mintToken({ sub }) };
}

/** By how many are asked for, so that each may be named. */
interface Groups {
  2: [Person, Person];
  3: [Person, Person, Person];
  4: [Person, Person, Person, Person];
}

export async function newPeople<Count extends keyof Groups>(
  name: string,
  count: Count,
): Promise<Groups[Count]> {
  const people = await Promise.all(Array.from({ length: count }, () => newPerson(name)));
  return people as Groups[Count];
}

let operator: Promise<Person> | undefined;

/** The bearer of the scope `sequitur/admin`. */
export function admin(): Promise<Person> {
  operator ??= mintToken({ sub: 'operator', admin: true }).then((token) => ({
    ref: 'user:operator',
    sub: 'operator',
    token,
  }));
  return operator;
}
