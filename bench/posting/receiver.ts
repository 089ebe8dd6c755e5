import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { receiverMessageSchema } from './receiver-messages.ts';
import type { ReceiverMessage, ReceiverOrder, Received } from './receiver-messages.ts';

/** A receiver of webhooks on 127.0.0.1 in a process of its own. */
export interface BenchReceiver {
  /** A target. */
  url: string;
  /** Gets each post that it tells of. */
  onPost: (listener: (post: Received) => void) => void;
  /** Posts so far, and those of them that were answered by 204. */
  tally: () => Promise<{ posts: number; good: number }>;
  end: () => Promise<void>;
}

/** Starts one; it ends with this process at the latest. */
export async function startBenchReceiver(
  order: Partial<ReceiverOrder> = {},
): Promise<BenchReceiver> {
  const child = fork(
    join(import.meta.dirname, 'receiver-process.ts'),
    [JSON.stringify({ takesMs: 0, tells: false, ...order })],
    { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  const exited = once(child, 'exit');
  const listeners: ((message: ReceiverMessage) => void)[] = [];
  child.on('message', (raw) => {
    const message = receiverMessageSchema.parse(raw);
    for (const listener of listeners) listener(message);
  });
  const next = async <Kind extends ReceiverMessage['kind']>(kind: Kind) =>
    Promise.race([
      new Promise<Extract<ReceiverMessage, { kind: Kind }>>((resolve) => {
        listeners.push((message) => {
          if (isOfKind(message, kind)) resolve(message);
        });
      }),
      exited.then(() => {
        throw new Error('the receiver has ended');
      }),
    ]);
  const { port } = await next('ready');
  return {
    url: `http://127.0.0.1:${String(port)}/webhooks`,
    onPost: (listener) =>
      listeners.push((message) => {
        if (message.kind === 'post') listener(message);
      }),
    tally: async () => {
      const answer = next('tally');
      child.send({});
      const { posts, good } = await answer;
      return { posts, good };
    },
    end: async () => {
      child.kill();
      await exited;
    },
  };
}

function isOfKind<Kind extends ReceiverMessage['kind']>(
  message: ReceiverMessage,
  kind: Kind,
): message is Extract<ReceiverMessage, { kind: Kind }> {
  return message.kind === kind;
}
