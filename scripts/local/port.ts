import { createServer } from 'node:net';
import { StartError } from './start-error.ts';

/**
 * Fails when something listens on the loopback port already. Another process can still take it
 * between this check and the engine's own bind; then the engine's start fails and its log says so.
 */
export async function requireFreePort(
  port: number,
  purpose: string,
  remedy: string,
): Promise<void> {
  const code = await bindOnce(port);
  if (code === undefined) return;
  const reason = code === 'EACCES' ? 'needs more rights than you have' : 'is in use';
  throw new StartError(`Port ${String(port)} (${purpose}) ${reason}.`, remedy);
}

/** Whether nothing listens on the loopback port. */
export async function isFreePort(port: number): Promise<boolean> {
  return (await bindOnce(port)) === undefined;
}

/** The error code that binding the port gives, or undefined when it is free. */
function bindOnce(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => resolve(undefined));
    });
  });
}

/** A loopback port that is free now, for engines whose port nobody needs to know beforehand. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ port: 0, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port was given'));
        else resolve(address.port);
      });
    });
  });
}
