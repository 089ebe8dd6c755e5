import { readEnvironment } from '../shared/environment.ts';
import { eventBridgeBus } from '../shared/events/event-bus.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { countedQueue, newMeter } from '../shared/metrics.ts';
import { streamHandler } from '../shared/stream-handler.ts';
import type { ParkedChange } from '../shared/stream-handler.ts';
import { environments } from './contract.ts';
import { eventsOf } from './relay.ts';

const environment = readEnvironment(environments.relay);
const meter = newMeter();
const bus = eventBridgeBus(environment.EVENT_BUS_NAME);

export const handler = meter.during(
  streamHandler({
    effectsOf: eventsOf,
    deliver: (events) => bus.publish(events),
    eventIdOf: ({ id }) => id,
    failures: countedQueue(
      sqsJobQueue<ParkedChange>(environment.FAILURE_QUEUE_URL),
      meter,
      'ChangesParked',
    ),
    log: newLog(),
  }),
);
