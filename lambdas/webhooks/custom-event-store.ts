import type { CustomEvent } from './custom-event.ts';

/** Events that were sent by the API, by id. What stores one tells it to the bus. */
export interface CustomEventStore {
  /**
   * Stores an event unless one with its id is stored; gives that one's hash. Of any number at the same
   * time exactly one is stored.
   *
   * @param expiresAt seconds since the epoch: until then a repeat is known
   */
  create(
    event: CustomEvent,
    expiresAt: number,
  ): Promise<{ existing?: Pick<CustomEvent, 'bodyHash'> | undefined }>;
}
