import { invalid } from '../shared/errors.ts';
import { resourceRef } from '../shared/http/schemas.ts';
import { typeOf } from '../shared/resource-ref.ts';

/** A reference to a user. Which type users have is a setting: `otherUser` asks for it. */
export const userRef = resourceRef.meta({ description: 'A user, `type:id`.' });

/**
 * The other user that a request names.
 *
 * @throws ValidationError on `path` when it is no user, or the caller itself.
 */
export function otherUser(ref: string, caller: string, path: string): string {
  const userType = typeOf(caller);
  if (typeOf(ref) !== userType) throw invalid(path, `must be a ${userType}`);
  if (ref === caller) throw invalid(path, 'must be somebody else than you');
  return ref;
}
