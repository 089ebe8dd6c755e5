/** A verb that resources of one type can do. */
export interface ActionType {
  /** Lower-case letters, digits, `-` and `_`, at most 32, e.g. `like`. */
  verb: string;
  /** Resource type of those who can do it. */
  actor: string;
  /** Whether the action is done to something: `required`, `optional` or `none` (default). */
  target?: 'required' | 'optional' | 'none';
}

/** Declares an action. Its mistakes are reported by `defineConfig`. */
export function defineAction(action: ActionType): ActionType {
  return action;
}
