import { InvalidArgumentError } from 'commander';
import { fieldNamePattern } from '../../lambdas/shared/define/content-type.ts';
import { resourceTypePattern } from '../../lambdas/shared/resource-ref.ts';
import { apiPath } from './api.ts';
import { resourceRef } from './arguments.ts';

/** A type of content. Its form is checked here, so that nothing else gets into a path. */
export function contentTypeArgument(text: string): string {
  if (resourceTypePattern.test(text)) return text;
  throw new InvalidArgumentError('It must be a type of content, like story.');
}

/** The name of a binary, as the content's type declares it. */
export function binaryNameArgument(text: string): string {
  if (fieldNamePattern.test(text)) return text;
  throw new InvalidArgumentError('It must be the name of a binary, like original.');
}

/** The reference of an item whose id can be a part of a path of its own. */
export function contentRef(text: string): string {
  const ref = resourceRef(text);
  if (!/^[^:]*:\.{1,2}$/.test(ref)) return ref;
  throw new InvalidArgumentError(
    'An id of dots alone cannot be asked for: URLs take it for a folder.',
  );
}

/** References, one after the other as commander reads them. */
export function relatedRefs(text: string, before: readonly string[] = []): string[] {
  return [...before, resourceRef(text)];
}

/** Where the item of a reference is; only the first colon of one ends its type. */
export function contentPath(ref: string): string {
  const colon = ref.indexOf(':');
  return apiPath`/v1/content/${ref.slice(0, colon)}/${ref.slice(colon + 1)}`;
}
