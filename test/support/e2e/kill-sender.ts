import { readFile, readdir, readlink } from 'node:fs/promises';

/** Sockets of connections to a port of 127.0.0.1, by their numbers, from the side that opened them. */
async function socketsTo(port: number): Promise<Set<string>> {
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const [, ...lines] = (await readFile('/proc/net/tcp', 'utf8')).trim().split('\n');
  const rows = lines.map((line) => line.trim().split(/\s+/u));
  return new Set(rows.filter((row) => row[2] === remote).map((row) => `socket:[${row[9]}]`));
}

async function holds(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (const file of await readdir(folder).catch(() => [])) {
    const open = await readlink(`${folder}/${file}`).catch(() => '');
    if (sockets.has(open)) return true;
  }
  return false;
}

/**
 * Kills the process of the function that has a connection to a receiver, as AWS ends one with its
 * machine: without a word, in the middle of what it does. Needs Linux, whose `/proc` tells which it is.
 */
export async function killSender(receiverPort: number): Promise<void> {
  const sockets = await socketsTo(receiverPort);
  const all = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name));
  for (const pid of all) {
    if (pid === String(process.pid) || !(await holds(pid, sockets))) continue;
    process.kill(Number(pid), 'SIGKILL');
    return;
  }
  throw new Error(`no process has a connection to port ${receiverPort}`);
}
