import { beforeEach, expect, test } from '@jest/globals';
import { sequential, targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';

const megabyte = 1024 ** 2;
let world: WorkerScene;
let underWay = 0;
let mostUnderWay = 0;
/** Seconds that a file takes when it has the connection to itself. */
let seconds: (path: string) => number;
/** A partner's line: what is sent at the same time shares it. */
async function share({ path }: { path: string }, _to: unknown, ended: AbortSignal): Promise<void> {
  underWay += 1;
  mostUnderWay = Math.max(mostUnderWay, underWay);
  for (let left = seconds(path); left > 0 && !ended.aborted; left -= 1 / underWay) {
    await world.time.sleep(1_000);
  }
  underWay -= 1;
}

beforeEach(() => {
  world = new WorkerScene({
    rules: [sequential()],
    targets: [targetNamed('one', { concurrency: 1 })],
  });
  underWay = 0;
  mostUnderWay = 0;
  world.server.mischief = { parallel: 8, put: share };
});

async function changes(count: number, size: number): Promise<string[]> {
  const ulids: string[] = [];
  for (let index = 0; index < count; index++) {
    ulids.push(await world.change(`story:${String(index)}`));
    world.exporter.sizes[`story_${String(index)}.xml`] = size;
    await world.time.run(world.time.sleep(1));
  }
  return ulids;
}

test('large files go one after the other, and what a worker has no time for is the next one’s', async () => {
  seconds = () => 83;
  const ulids = await changes(12, 1_000 * megabyte);
  await world.start();
  await world.untilQuiet();
  for (const ulid of ulids) {
    expect(await world.row(ulid)).toMatchObject({ status: 'PUSHED', claims: 1 });
    expect((await world.row(ulid)).attempts).toHaveLength(1);
  }
  expect(mostUnderWay).toBe(1);
  expect(world.server.connects).toHaveLength(2);
});

test('small files share the connection, as many as sixteen megabytes', async () => {
  seconds = () => 2;
  await changes(20, 4 * megabyte);
  await world.start();
  await world.untilQuiet();
  expect(mostUnderWay).toBe(4);
  expect(world.server.arrivals).toHaveLength(20);
});

test('a file that nobody has time for fails once it had all the time of a worker; the others do not', async () => {
  seconds = (path) => (path === 'story_1.xml' ? 3_000 : 100);
  const ulids = await changes(4, 1_000 * megabyte);
  await world.start();
  await world.untilQuiet();
  const rows = await Promise.all(ulids.map((ulid) => world.row(ulid)));
  expect(rows.map(({ status }) => status)).toEqual(['PUSHED', 'SEND_ERROR', 'PUSHED', 'PUSHED']);
  expect(rows[1]).toMatchObject({ claims: 1 });
  expect(rows[1]?.attempts).toHaveLength(1);
  expect(rows[1]?.attempts[0]?.durationMs).toBeGreaterThan(800_000);
  expect(rows[1]?.message).toContain('the time of the worker was over');
});

test('rows whose files take long to make are pushed, though no worker has time for all', async () => {
  seconds = () => 1;
  world.exporter.wanted = async ({ id }) => {
    await world.time.sleep(200_000);
    return { files: { [`${id}.xml`]: id } };
  };
  const ulids = await changes(25, megabyte);
  await world.start();
  await world.untilQuiet();
  for (const ulid of ulids) {
    expect(await world.row(ulid)).toMatchObject({ status: 'PUSHED', claims: 1 });
  }
});
