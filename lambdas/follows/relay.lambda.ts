import { readEnvironment } from '../shared/environment.ts';
import { eventBridgeBus } from '../shared/events/event-bus.ts';
import { sqsJobQueue } from '../shared/job-queue.ts';
import type { ParkedChange } from '../shared/stream-handler.ts';
import { streamHandler } from '../shared/stream-handler.ts';
import { newLog } from '../shared/log.ts';
import { relayEnvironment } from './contract.ts';
import type { EraseFollowsJob } from './contract.ts';
import { deliverEffects } from './deliver-effects.ts';
import { effectsOfChange } from './follow-changes.ts';

const environment = readEnvironment(relayEnvironment);
const bus = eventBridgeBus(environment.EVENT_BUS_NAME);
const jobs = sqsJobQueue<EraseFollowsJob>(environment.ERASURE_QUEUE_URL);

export const handler = streamHandler({
  effectsOf: effectsOfChange,
  deliver: (effects) => deliverEffects({ bus, jobs }, effects),
  failures: sqsJobQueue<ParkedChange>(environment.FAILURE_QUEUE_URL),
  log: newLog(),
});
