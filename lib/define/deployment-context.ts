import * as z from 'zod';
import { contextPrefix } from './overrides.ts';

/** Context of one deployment, which is no setting of the installation. docs/configuration.md lists it. */
export const deploymentContextSchema = z.strictObject({
  /** Deploys with the caller's own credentials, without the roles of `cdk bootstrap`. */
  synthesizer: z.literal('cli-credentials', 'the only value is cli-credentials').optional(),
  /** The tag by which an emulator takes the id of the HTTP API. */
  apiTag: z
    .string()
    .regex(/^[0-9a-f]{8}$/, 'must be 8 hex digits in lower case')
    .optional(),
  /** Queues, topics and the issuer may be called without TLS, which an emulator does not speak. */
  plainHttp: z.literal('allow', 'the only value is allow').optional(),
});

export type DeploymentContext = z.output<typeof deploymentContextSchema>;

/** The application's own context (`sequitur:` and a name without a dot), and what is wrong with it. */
export function deploymentContext(context: Record<string, unknown>): {
  deployment: DeploymentContext;
  mistakes: string[];
} {
  const own = Object.fromEntries(
    Object.entries(context)
      .filter(([key]) => key.startsWith(contextPrefix) && !key.includes('.'))
      .map(([key, value]) => [key.slice(contextPrefix.length), value]),
  );
  const parsed = deploymentContextSchema.safeParse(own);
  if (parsed.success) return { deployment: parsed.data, mistakes: [] };
  const names = Object.keys(deploymentContextSchema.shape).join(', ');
  const mistakes = parsed.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(
        (name) =>
          `-c ${contextPrefix}${name}: there is no such context; there are ${names}, and settings as <group>.<setting>`,
      );
    }
    const name = issue.path.join('.');
    return [`-c ${contextPrefix}${name}: ${issue.message}; given is ${JSON.stringify(own[name])}`];
  });
  return { deployment: {}, mistakes };
}
