import { readEnvironment } from '../shared/environment.ts';
import { eventIdOf } from '../shared/events/deliver-effects.ts';
import { eventBridgeBus } from '../shared/events/event-bus.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import { newLog } from '../shared/log.ts';
import { countedBus, countedQueue, newMeter } from '../shared/metrics.ts';
import { streamHandler } from '../shared/stream-handler.ts';
import type { ParkedChange } from '../shared/stream-handler.ts';
import { environments } from './contract.ts';
import type { UpkeepJob } from './contract.ts';
import { deliver, effectsOf } from './relay.ts';

const environment = readEnvironment(environments.relay);
const meter = newMeter();
const to = {
  bus: countedBus(eventBridgeBus(environment.EVENT_BUS_NAME), meter, {
    'message.sent': 'MessagesSent',
    'thread.created': 'ThreadsStarted',
  }),
  jobs: sqsJobQueue<UpkeepJob>(environment.UPKEEP_QUEUE_URL),
};

export const handler = meter.during(
  streamHandler({
    effectsOf: (change) => effectsOf(change, environment.CONVOS_SETTINGS),
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
