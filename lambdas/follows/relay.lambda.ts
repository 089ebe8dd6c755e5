import { readEnvironment } from '../shared/environment.ts';
import { deliverEffects, eventIdOf } from '../shared/events/deliver-effects.ts';
import { eventBridgeBus } from '../shared/events/event-bus.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import type { ParkedChange } from '../shared/stream-handler.ts';
import { streamHandler } from '../shared/stream-handler.ts';
import { newLog } from '../shared/log.ts';
import { countedBus, countedQueue, newMeter } from '../shared/metrics.ts';
import { relayEnvironment } from './contract.ts';
import type { EraseFollowsJob } from './contract.ts';
import { effectsOfChange } from './follow-changes.ts';

const environment = readEnvironment(relayEnvironment);
const meter = newMeter();
const bus = countedBus(eventBridgeBus(environment.EVENT_BUS_NAME), meter, {
  'follow.created': 'FollowsCreated',
  'follow.deleted': 'FollowsEnded',
});
const jobs = sqsJobQueue<EraseFollowsJob>(environment.ERASURE_QUEUE_URL);

export const handler = meter.during(
  streamHandler({
    effectsOf: effectsOfChange,
    deliver: (effects) => deliverEffects({ bus, jobs }, effects),
    eventIdOf,
    failures: countedQueue(
      sqsJobQueue<ParkedChange>(environment.FAILURE_QUEUE_URL),
      meter,
      'ChangesParked',
    ),
    log: newLog(),
  }),
);
