/** Statuses of the queue, with the numbers that clients may use in their place. */
export const statusCodes = {
  NEW: 10,
  IN_PROGRESS: 20,
  PUSHED: 50,
  PUSH_ERROR: 110,
  OUTPUT_GENERATION_ERROR: 120,
  SEND_ERROR: 130,
  FILTER_BY_INSTANCE_TYPE_ERROR: 140,
  FILTER_BY_UPDATES_ERROR: 150,
  FILTER_BY_STATE_ERROR: 160,
  GET_DIRECTORY_ERROR: 170,
  VALIDATION_ERROR: 180,
  SUPERVISOR_ERROR: 190,
  OUTPUT_MAKER_ERROR: 200,
} as const;

export type Status = keyof typeof statusCodes;

/** The statuses that a push ends with when it does not reach its target. */
export type FailedStatus = Exclude<Status, 'NEW' | 'IN_PROGRESS' | 'PUSHED'>;

/** From this number on a push has failed. */
const firstFailedCode = 100;

export const statuses: readonly Status[] = Object.keys(statusCodes).filter(isStatus);

function isStatus(text: string): text is Status {
  return Object.hasOwn(statusCodes, text);
}

export function hasFailed(status: Status): status is FailedStatus {
  return statusCodes[status] >= firstFailedCode;
}

/** The status of a name or of a number, as clients write it. */
export function statusOf(text: string): Status | undefined {
  return statuses.find((status) => status === text || String(statusCodes[status]) === text);
}
