import { createHash } from 'node:crypto';

/**
 * Which of a host's lanes has the rows of a content: always the same, so that two pushes of a content to
 * a server never run at the same time, of which the older one could arrive last. Of a file that belongs to
 * several contents this is not so: their pushes may be in different lanes.
 *
 * @param lanes how many the host has
 */
export function laneOfContent(content: string, lanes: number): number {
  return createHash('sha256').update(content).digest().readUInt32BE() % lanes;
}
