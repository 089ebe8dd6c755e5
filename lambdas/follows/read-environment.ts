import * as z from 'zod';

/**
 * Environment of the read port, for the contracts of domains that read follows too; apart from the
 * contract of follows so that it brings nothing else along. The construct's `grantRead` sets it together
 * with the permissions.
 */
export const followsReadEnvironment = z.object({ FOLLOWS_TABLE: z.string() });
