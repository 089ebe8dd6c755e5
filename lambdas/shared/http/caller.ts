import * as z from 'zod';
import { ForbiddenError } from '../errors.ts';
import { resourceIdPattern } from '../resource-ref.ts';

/** Who makes the request. */
export interface Caller {
  /** The caller as a resource, `<userType>:<sub>`. */
  ref: string;
  /** Holds the scope `sequitur/admin`. */
  admin: boolean;
}

/** Scope for trusted back ends and operators. */
export const adminScope = 'sequitur/admin';

const claimsSchema = z.looseObject({
  sub: z.string(),
  scope: z.unknown().optional(),
  scp: z.unknown().optional(),
});

/**
 * The caller from the claims that API Gateway's JWT authorizer has verified. Claims are strings there;
 * an array (`scp` of some issuers) arrives as `[a b]`.
 *
 * @throws ForbiddenError when `sub` cannot be a resource id, so such a token can own nothing here.
 */
export function callerFromClaims(claims: unknown, userType: string): Caller {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) throw new ForbiddenError('The token has no claim "sub".');
  const { sub, scope, scp } = parsed.data;
  if (!resourceIdPattern.test(sub)) {
    throw new ForbiddenError(
      'The claim "sub" of the token cannot be a resource id: it needs 1-128 characters of A-Z a-z 0-9 . _ ~ @ | : + = -',
    );
  }
  const scopes = [...(typeof scope === 'string' ? words(scope) : []), ...scopesOfScp(scp)];
  return { ref: `${userType}:${sub}`, admin: scopes.includes(adminScope) };
}

function scopesOfScp(claim: unknown): string[] {
  if (Array.isArray(claim)) return claim.filter((word) => typeof word === 'string');
  if (typeof claim !== 'string') return [];
  return words(/^\[(.*)\]$/.exec(claim)?.[1] ?? claim);
}

/** RFC 6749, 3.3: a space, and nothing else, ends a scope. */
function words(scopes: string): string[] {
  return scopes.split(' ').filter((word) => word !== '');
}
