/** A kind of thing that can follow, be followed and have timelines. */
export interface ResourceType {
  /** Lower-case letters, digits and hyphens, at most 32, e.g. `user`. Part of every stored key. */
  type: string;
}

/** Declares a resource type. Its mistakes are reported by `defineConfig`. */
export function defineResource(resource: ResourceType): ResourceType {
  return resource;
}
