import { readEnvironment } from '../shared/environment.ts';
import { eventIdOf } from '../shared/events/deliver-effects.ts';
import { eventBridgeBus } from '../shared/events/event-bus.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { countedBus, countedQueue, newMeter } from '../shared/metrics.ts';
import { streamHandler } from '../shared/stream-handler.ts';
import type { ParkedChange } from '../shared/stream-handler.ts';
import { environments } from './contract.ts';
import type { SelectJob } from './contract.ts';
import { deliver, effectsOf } from './relay.ts';

const environment = readEnvironment(environments.relay);
const meter = newMeter();
const to = {
  bus: countedBus(eventBridgeBus(environment.EVENT_BUS_NAME), meter, {
    'push.succeeded': 'PushesSucceeded',
    'push.failed': 'PushesFailed',
  }),
  jobs: sqsJobQueue<SelectJob>(environment.SELECT_QUEUE_URL),
};

export const handler = meter.during(
  streamHandler({
    effectsOf,
    deliver: (effects) => deliver(to, effects),
    eventIdOf,
    failures: countedQueue(
      sqsJobQueue<ParkedChange>(environment.FAILURE_QUEUE_URL),
      meter,
      'ChangesParked',
    ),
    log: newLog(),
  }),
);
