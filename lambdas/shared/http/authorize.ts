import { ForbiddenError } from '../errors.ts';
import type { Caller } from './caller.ts';

interface Called {
  caller: Caller;
}

/** Whoever the authorizer let in. */
export function anyone(): void {}

/** Trusted back ends and operators only. */
export function adminOnly({ caller }: Called): void {
  if (!caller.admin) throw new ForbiddenError('This call needs the scope sequitur/admin.');
}

/** The resource that a path parameter names, for itself; admin for any. */
export function itselfOrAdmin<Name extends string>(parameter: Name) {
  return ({ caller, params }: Called & { params: Record<Name, string> }): void => {
    if (caller.admin || caller.ref === params[parameter]) return;
    throw new ForbiddenError(`You are ${caller.ref} and may do this for yourself only.`);
  };
}
