/**
 * Settings of a local stack that are others than by default, by their dotted names. What the caller sets
 * goes before them.
 */
export const localSettings: Readonly<Record<string, string>> = {
  // Whoever tries out the stack is one sender all the time, and so is a test.
  'convos.newThreadsPerHour': '1000',
  // Receivers are on this machine, where an answer that takes longer will not come.
  'webhooks.timeoutSeconds': '3',
  'webhooks.allowTargets': '["127.0.0.1/32:*"]',
};
