import * as z from 'zod';
import { localPaths } from '../local/paths.ts';
import { stackFileSchema } from '../local/stack-file.ts';
import { describeError } from '../local/start-error.ts';
import { superviseStack } from '../local/supervisor.ts';

/** What the process that asked for the stack is told. */
export const holderMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), stack: stackFileSchema }),
  z.object({ kind: z.literal('failed'), text: z.string() }),
]);

export type HolderMessage = z.infer<typeof holderMessageSchema>;

const portsSchema = z.object({ emulator: z.number(), issuer: z.number() });

/**
 * Runs a stack for as long as the process that started this one keeps the channel to it open: however
 * a test run ends, by Ctrl-C or by SIGKILL, its stack ends too.
 */
async function holdStack(): Promise<void> {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.on('error', () => undefined);
  try {
    await superviseStack({
      options: {
        paths: localPaths(),
        environment: process.env,
        ports: portsSchema.parse(JSON.parse(process.argv[2] ?? '')),
        settings: {},
        report: ({ step, state, text }) => {
          if (state !== 'begun' && state !== 'note') say(`${step}: ${state} ${text}`);
        },
      },
      detached: false,
      onReady: (stack) => {
        tell({ kind: 'ready', stack });
        return Promise.resolve();
      },
      onEnding: (reason) => say(`Ending the stack (${reason}).`),
    });
  } catch (error) {
    say(describeError(error));
    tell({ kind: 'failed', text: describeError(error) });
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function tell(message: HolderMessage): void {
  if (process.connected) process.send?.(message);
}

if (import.meta.main) await holdStack();
