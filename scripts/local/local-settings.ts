/**
 * Settings of a local stack that are others than by default, by their dotted names. What the caller sets
 * goes before them.
 */
export const localSettings: Readonly<Record<string, string>> = {
  // Whoever tries out the stack is one sender all the time, and so is a test.
  'convos.newThreadsPerHour': '1000',
};
