import type { QueueName } from './in-memory-timelines-delivery.ts';
import type { TimelinesApp } from './in-memory-timelines-app.ts';

/** The same port, on which something happens just before or just after the first call of a method. */
export function interrupted<Port extends object>(
  port: Port,
  moment: { before: keyof Port & string } | { after: keyof Port & string },
  happens: () => Promise<unknown>,
): Port {
  let happened = false;
  const method = 'before' in moment ? moment.before : moment.after;
  const once = async () => {
    if (happened) return;
    happened = true;
    await happens();
  };
  return new Proxy(port, {
    get(target, key): unknown {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        if (key === method && 'before' in moment) await once();
        const answer: unknown = await Reflect.apply(member, target, args);
        if (key === method && 'after' in moment) await once();
        return answer;
      };
    },
  });
}

/** Takes the jobs out of a queue, so that a test runs them when it wants to. */
export function takeJobs<Job>(
  app: TimelinesApp,
  name: QueueName,
  schema: { parse: (value: unknown) => Job },
): Job[] {
  return app.queues[name].messages().map(({ messageId, body }) => {
    app.queues[name].delete(messageId);
    return schema.parse(JSON.parse(body));
  });
}
