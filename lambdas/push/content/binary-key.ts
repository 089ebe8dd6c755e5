import { resourceIdPattern, resourceTypePattern } from '../../shared/resource-ref.ts';
import { fieldNamePattern } from '../../shared/define/content-type.ts';

/** What the key of an uploaded file says. */
export interface BinaryPlace {
  type: string;
  id: string;
  name: string;
  /** Of the upload: a later one is greater. */
  ulid: string;
}

const ulidPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export function binaryKey({ type, id, name, ulid }: BinaryPlace): string {
  return [type, id, name, ulid].join('/');
}

/** What a key says, or nothing when it is of no upload of ours. */
export function placeOfKey(key: string): BinaryPlace | undefined {
  const [type = '', id = '', name = '', ulid = '', ...more] = key.split('/');
  const isOurs =
    more.length === 0 &&
    resourceTypePattern.test(type) &&
    resourceIdPattern.test(id) &&
    fieldNamePattern.test(name) &&
    ulidPattern.test(ulid);
  return isOurs ? { type, id, name, ulid } : undefined;
}
