import { asOurError } from './transient-failure.ts';

/**
 * Settings of every AWS client. A call that hangs is given up and tried again while its function still
 * has time; without a limit it would outlast the function, and nobody would get an answer.
 */
export const clientSettings = {
  /** Tries of one call by the SDK itself, with its own back-off. */
  maxAttempts: 6,
  requestHandler: {
    connectionTimeout: 2_000,
    requestTimeout: 8_000,
    throwOnRequestTimeout: true,
  },
};

/** A call of a client, as far as it concerns errors. */
type Call<Input, Output> = (args: Input) => Promise<Output>;

/** The part of an SDK client by which calls can be wrapped. */
interface WrappedClient<Input extends object, Output extends object> {
  middlewareStack: {
    add(
      wrap: (
        next: Call<{ input: Input }, { output: Output; response: unknown }>,
      ) => Call<{ input: Input }, { output: Output; response: unknown }>,
      where: { step: 'initialize'; priority: 'high'; name: string },
    ): void;
  };
}

/** Makes what fails for a passing reason, after the SDK's own retries, fail with a `TransientError`. */
export function tellErrorsApart<Input extends object, Output extends object>(
  client: WrappedClient<Input, Output>,
): void {
  client.middlewareStack.add(
    (next) => async (call) => {
      try {
        return await next(call);
      } catch (error) {
        throw asOurError(error);
      }
    },
    // Outermost: around the SDK's own retries.
    { step: 'initialize', priority: 'high', name: 'sequiturErrors' },
  );
}
