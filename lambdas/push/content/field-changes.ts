import type { Binary, Content } from '../../shared/define/content-type.ts';

/** What of an item counts when it is compared: its version, times and keys don't. */
export interface Compared {
  fields: Content['fields'];
  related: readonly string[];
  binaries: readonly Pick<Binary, 'name' | 'sha256'>[];
}

const nothing: Compared = { fields: {}, related: [], binaries: [] };

/**
 * Names of what differs: fields, `related` as one, and binaries by their hash. A field that came or went
 * differs; so does anything at all from an item that was not there.
 */
export function changedNames(before: Compared = nothing, after: Compared = nothing): string[] {
  const names = new Set(
    [...Object.keys(after.fields), ...Object.keys(before.fields)].filter(
      (name) => !sameMember(before.fields, after.fields, name),
    ),
  );
  if (!sameJson(before.related, after.related)) names.add('related');
  const [was, is] = [hashes(before), hashes(after)];
  for (const name of [...is.keys(), ...was.keys()]) {
    if (is.get(name) !== was.get(name)) names.add(name);
  }
  return [...names];
}

function hashes({ binaries }: Compared): Map<string, string> {
  return new Map(binaries.map(({ name, sha256 }) => [name, sha256]));
}

/** Whether two values are the same JSON; the order of an object's members means nothing. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    const other: readonly unknown[] = b;
    return a.length === b.length && a.every((value, place) => sameJson(value, other[place]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => sameMember(a, b, name));
}

type JsonObject = Readonly<Record<string, unknown>>;

function sameMember(a: JsonObject, b: JsonObject, name: string): boolean {
  return Object.hasOwn(a, name) && Object.hasOwn(b, name) && sameJson(a[name], b[name]);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
