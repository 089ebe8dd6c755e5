/**
 * What `@peculiar/x509` asks for of the Reflect metadata proposal before it loads. Import this before
 * it.
 */
const kept = new WeakMap<object, Map<unknown, unknown>>();

function metadataOf(name: unknown, target: object) {
  return kept.get(target)?.get(name);
}

Object.assign(Reflect, {
  defineMetadata(name: unknown, value: unknown, target: object) {
    const ofTarget = kept.get(target) ?? new Map<unknown, unknown>();
    kept.set(target, ofTarget.set(name, value));
  },
  getMetadata: metadataOf,
  getOwnMetadata: metadataOf,
});
