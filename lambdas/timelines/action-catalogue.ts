import type { ActionType } from '../shared/define/action.ts';
import { invalid } from '../shared/errors.ts';
import { typeOf } from '../shared/resource-ref.ts';

/** Which verbs each type of resource has. */
export class ActionCatalogue {
  readonly #byActor = new Map<string, Map<string, ActionType>>();

  constructor(actions: readonly ActionType[]) {
    for (const action of actions) {
      const verbs = this.#byActor.get(action.actor) ?? new Map<string, ActionType>();
      this.#byActor.set(action.actor, verbs.set(action.verb, action));
    }
  }

  /** Verbs declared for the type of this actor. */
  verbsOf(actor: string): string[] {
    return [...(this.#byActor.get(typeOf(actor))?.keys() ?? [])];
  }

  /** Whether an actor's verb is (still) declared; undeclared actions are left out of timelines. */
  declares(actor: string, verb: string): boolean {
    return this.#byActor.get(typeOf(actor))?.has(verb) === true;
  }

  /** @throws ValidationError when the actor's type has no such verb, or the target does not suit it. */
  check({ actor, verb, target }: { actor: string; verb: string; target?: string }): void {
    const action = this.#byActor.get(typeOf(actor))?.get(verb);
    if (!action) {
      const verbs = this.verbsOf(actor);
      const known = verbs.length === 0 ? 'it has none' : `it has ${verbs.join(', ')}`;
      throw invalid('body.verb', `is not declared for the type ${typeOf(actor)}; ${known}`);
    }
    const takes = action.target ?? 'none';
    if (takes === 'none' && target !== undefined) {
      throw invalid('body.target', `"${verb}" takes no target; leave it out`);
    }
    if (takes === 'required' && target === undefined) {
      throw invalid('body.target', `"${verb}" needs a target`);
    }
  }
}
