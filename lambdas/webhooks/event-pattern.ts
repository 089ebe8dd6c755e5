/** Longest pattern; no type that can be declared is longer. */
const maxLength = 128;

const familyPattern = /^[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)*\.\*$/;

/** Whether any of these patterns takes events of a type: the type itself, `prefix.*`, or `*`. */
export function matchesAny(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => matches(pattern, type));
}

/** `prefix.*` takes whatever stands below the prefix, at any depth, but not the prefix itself. */
function matches(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === type) return true;
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
}

/**
 * Why a hook cannot subscribe to a pattern, or nothing when it can. A family may be empty: types that
 * are declared in it later count.
 */
export function patternMistake(
  pattern: string,
  isDeclared: (type: string) => boolean,
): string | undefined {
  if (pattern === '*' || isDeclared(pattern)) return undefined;
  if (!pattern.includes('*')) {
    return 'is not a declared event type; GET /v1/event-types lists them';
  }
  if (pattern.length > maxLength || !familyPattern.test(pattern)) {
    return 'is no pattern: name an event type, `prefix.*`, or `*` for all';
  }
  return undefined;
}
