/** What the id of a resource looks like (the contract's rule; the `sub` of the usual issuers fits). */
export const resourceIdPattern = /^[A-Za-z0-9._~@|:+=-]{1,128}$/;

/** What the name of a resource type looks like. */
export const resourceTypePattern = /^[a-z][a-z0-9-]{0,31}$/;

/** The type of a reference `type:id`. The first colon ends the type. */
export function typeOf(ref: string): string {
  return ref.slice(0, ref.indexOf(':'));
}

/** Why a text is no reference to one of `types`, or nothing when it is one. */
export function refMistake(text: string, types: readonly string[]): string | undefined {
  const colon = text.indexOf(':');
  if (colon < 1) return 'must be "type:id"';
  const type = text.slice(0, colon);
  if (!types.includes(type)) return `unknown type; known here: ${types.join(', ')}`;
  if (!resourceIdPattern.test(text.slice(colon + 1))) {
    return 'the id must be 1-128 characters of A-Z a-z 0-9 . _ ~ @ | : + = -';
  }
  return undefined;
}
