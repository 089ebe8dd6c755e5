/**
 * Gives `Reflect` what `@peculiar/x509` asks for of the metadata proposal when it loads: call this
 * before.
 */
export function provideReflectMetadata(): void {
  const kept = new WeakMap<object, Map<unknown, unknown>>();
  const metadataOf = (name: unknown, target: object) => kept.get(target)?.get(name);
  Object.assign(Reflect, {
    defineMetadata(name: unknown, value: unknown, target: object) {
      const ofTarget = kept.get(target) ?? new Map<unknown, unknown>();
      kept.set(target, ofTarget.set(name, value));
    },
    getMetadata: metadataOf,
    getOwnMetadata: metadataOf,
  });
}
