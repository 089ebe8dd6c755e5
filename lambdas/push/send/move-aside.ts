/** What a server can do with a file's name; each throws what the server refuses. */
export interface Names {
  rename: (from: string, to: string) => Promise<unknown>;
  /** Of a file that is not there too. */
  remove: (path: string) => Promise<unknown>;
}

/**
 * Gives a file its final name on a server that overwrites nothing: what has that name goes aside first,
 * and comes back if that was not the reason of the refusal. For a moment neither is there. What an
 * interruption leaves aside goes when the file is next replaced.
 *
 * @param refusal of the plain rename, which is thrown when nothing stood in its way
 */
export async function moveAside(
  { rename, remove }: Names,
  { from, to, refusal }: { from: string; to: string; refusal: unknown },
): Promise<void> {
  const aside = to.replace(/[^/]*$/, (name) => `.${name}.old`);
  await remove(aside).catch(() => undefined);
  await rename(to, aside).catch(() => {
    throw refusal;
  });
  try {
    await rename(from, to);
  } catch (error) {
    await rename(aside, to).catch(() => undefined);
    throw error;
  }
  // The file is in its place: what can't be removed now is no failure of its push.
  await remove(aside).catch(() => undefined);
}
