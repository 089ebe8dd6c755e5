import { beforeEach, describe, expect, test } from '@jest/globals';
import { PermanentError, TransientError } from '../../../../lambdas/shared/errors.ts';
import { CutError } from '../../../support/push/worker-server.ts';
import { sequential, targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';

let world: WorkerScene;
beforeEach(() => {
  world = new WorkerScene({
    rules: [sequential()],
    targets: [
      targetNamed('one', { concurrency: 1 }),
      targetNamed('marked', { doneMarker: '.done' }),
    ],
  });
  world.scheduled = false;
});

/** Pushes `story:bad` between two good ones; those are pushed whatever happens to it. */
async function besideGoodOnes(targetName = 'one') {
  const to = { target: targetName };
  const before = await world.change('story:a', to);
  await world.time.run(world.time.sleep(1));
  const bad = await world.change('story:bad', to);
  await world.time.run(world.time.sleep(1));
  const after = await world.change('story:z', to);
  const run = await world.ended(await world.start());
  for (const good of [before, after]) {
    expect(await world.row(good)).toMatchObject({
      status: 'PUSHED',
      attempts: [{ outcome: 'sent' }],
    });
  }
  return { row: await world.row(bad), run };
}

const isBad = ({ path }: { path: string }) => path.startsWith('story_bad');

describe('a bad row leaves the others alone', () => {
  test('when its content is gone', async () => {
    const to = { rule: 'stories', target: 'one' };
    await world.change('story:a');
    const bad = await world.enqueue('story:7', to);
    await world.ended(await world.start());
    expect(await world.row(bad)).toMatchObject({
      status: 'PUSH_ERROR',
      message: 'the content is gone: story:7',
      attempts: [],
    });
    expect(world.server.arrivals).toHaveLength(1);
  });

  test('when nothing comes of it', async () => {
    world.exporter.wanted = ({ id }) => (id === 'bad' ? {} : { files: { [`${id}.xml`]: id } });
    expect((await besideGoodOnes()).row).toMatchObject({
      status: 'OUTPUT_GENERATION_ERROR',
      message: 'there is nothing to push: no outputs',
      attempts: [],
    });
  });

  test('when its files are not made for several reasons: the first counts', async () => {
    world.exporter.wanted = ({ id }) =>
      id === 'bad'
        ? {
            problems: [
              { status: 'VALIDATION_ERROR', message: "'a.xml': line 3" },
              { status: 'OUTPUT_GENERATION_ERROR', message: "'b.xml': no such template" },
            ],
          }
        : { files: { [`${id}.xml`]: id } };
    expect((await besideGoodOnes()).row).toMatchObject({
      status: 'VALIDATION_ERROR',
      message: "'a.xml': line 3\n'b.xml': no such template",
    });
  });

  test('when the making throws', async () => {
    world.exporter.wanted = ({ id }) => {
      if (id === 'bad') throw new TypeError('x is\nundefined');
      return { files: { [`${id}.xml`]: id } };
    };
    const { row, run } = await besideGoodOnes();
    expect(row).toMatchObject({ status: 'PUSH_ERROR', message: 'x is undefined' });
    expect(run).toMatchObject({
      state: 'done',
      counts: { selected: 3, pushed: 2, failed: 1 },
      messages: ['story:bad by stories to one: PUSH_ERROR: x is undefined'],
    });
    expect(world.counted).toEqual({ PushesSucceeded: 2, PushesFailed: 1 });
  });

  test('when the making never ends', async () => {
    world.exporter.wanted = ({ id }) =>
      id === 'bad' ? new Promise(() => undefined) : { files: { [`${id}.xml`]: id } };
    expect((await besideGoodOnes()).row).toMatchObject({
      status: 'PUSH_ERROR',
      message: 'the files were not made within 240 s',
    });
  });

  test('when storage is out of reach for it: it is tried again until it is there', async () => {
    let tries = 0;
    world.exporter.wanted = ({ id }) => {
      if (id === 'bad') {
        tries += 1;
        if (tries < 8) throw new TransientError('S3 is busy');
      }
      return { files: { [`${id}.xml`]: id } };
    };
    const { row, run } = await besideGoodOnes();
    expect(row).toMatchObject({ status: 'PUSHED', claims: 1 });
    expect(tries).toBe(8);
    expect(run).toMatchObject({ state: 'done', counts: { selected: 3, pushed: 3, failed: 0 } });
    expect(run.finishedMs! - run.startedMs).toBeGreaterThan(200_000);
  });

  test('when a file of it is refused: the other files of it go their way, too', async () => {
    world.exporter.wanted = ({ id }) => ({
      files: { [`story_${id}.xml`]: id, [`photos/${id}.jpg`]: 'x', [`story_${id}.txt`]: id },
    });
    world.server.mischief.put = ({ path }) => {
      if (path === 'photos/bad.jpg') throw new PermanentError('permission denied');
    };
    const { row } = await besideGoodOnes();
    expect(row.status).toBe('SEND_ERROR');
    expect(row.attempts).toHaveLength(1);
    expect(row.message).toMatch(
      /^\[[^\]]+\] 'story_bad.xml': push SUCCESS\n\[[^\]]+\] 'photos\/bad.jpg': push ERROR: permission denied TARGET: one.example.org\n\[[^\]]+\] 'story_bad.txt': push SUCCESS$/,
    );
    expect(world.server.connects).toEqual(['one']);
  });

  test('when the server cuts the connection on its file, each time', async () => {
    world.server.mischief.put = (file) => {
      if (isBad(file)) throw new CutError('the connection was reset');
    };
    const { row } = await besideGoodOnes();
    expect(row.status).toBe('SEND_ERROR');
    expect(row.attempts).toHaveLength(5);
  });

  test('when the server stalls on its file, each time', async () => {
    world.server.mischief.put = async (file) => {
      if (!isBad(file)) return;
      await world.time.sleep(30_000);
      throw new CutError('no sign of life for 30 s');
    };
    const { row } = await besideGoodOnes();
    expect(row.attempts).toHaveLength(5);
    expect(row.attempts[0]).toMatchObject({ outcome: 'failed', durationMs: 30_000 });
  });

  test('when its file is not taken in a connection that cannot tell whether it is lost', async () => {
    const connect = world.server.connect.bind(world.server);
    world.server.connect = async (...args) => {
      const { usable: _none, ...connection } = await connect(...args);
      return connection;
    };
    world.server.mischief.put = (file) => {
      if (isBad(file)) throw new Error('disk full');
    };
    const { row } = await besideGoodOnes();
    expect(row.attempts).toHaveLength(5);
    expect(world.server.connects).toHaveLength(5);
  });

  test('when it shares a connection that takes many files at the same time', async () => {
    world.server.mischief.parallel = 4;
    let underWay = 0;
    world.server.mischief.put = async (file) => {
      underWay += 1;
      await world.time.sleep(100);
      underWay -= 1;
      if (isBad(file)) throw new CutError('the connection was reset');
    };
    const to = { target: 'one' };
    const good = [await world.change('story:0', to)];
    await world.time.run(world.time.sleep(1));
    const bad = await world.change('story:bad', to);
    await world.time.run(world.time.sleep(1));
    for (let id = 1; id < 12; id++) good.push(await world.change(`story:${String(id)}`, to));
    await world.ended(await world.start());
    for (const ulid of good) expect((await world.row(ulid)).status).toBe('PUSHED');
    expect((await world.row(bad)).attempts).toHaveLength(5);
    expect(underWay).toBe(0);
  });
});

describe('attempts', () => {
  test('are made after 1, 2, 4 and 8 s, five in all, only of what is missing', async () => {
    world.exporter.wanted = ({ id }) => ({ files: { [`${id}.xml`]: id, [`${id}.jpg`]: 'x' } });
    const puts: [string, number][] = [];
    const startMs = world.time.now();
    world.server.mischief.put = ({ path }) => {
      puts.push([path, world.time.now() - startMs]);
      if (path === 'a.jpg') throw new Error('disk full');
    };
    const ulid = await world.change('story:a');
    await world.ended(await world.start());
    const first = puts[0]![1];
    expect(puts.map(([path, atMs]) => [path, atMs - first])).toEqual([
      ['a.xml', 0],
      ['a.jpg', 0],
      ['a.jpg', 1_000],
      ['a.jpg', 3_000],
      ['a.jpg', 7_000],
      ['a.jpg', 15_000],
    ]);
    const row = await world.row(ulid);
    expect(row.attempts.map(({ outcome }) => outcome)).toEqual(Array(5).fill('failed'));
    expect(row.attempts[0]?.message).toMatch(/'a.xml': push SUCCESS\n.*'a.jpg': push ERROR/);
    expect(row.attempts[4]?.message).toMatch(/^\[[^\]]+\] 'a.jpg': push ERROR: disk full/);
    expect(row).toMatchObject({ status: 'SEND_ERROR', lastAttemptMs: startMs + first + 15_000 });
  });

  test('end with the first that brings all files', async () => {
    let failures = 2;
    world.server.mischief.rename = () => {
      failures -= 1;
      if (failures >= 0) throw new CutError('the connection was reset');
    };
    const ulid = await world.change('story:a');
    await world.ended(await world.start());
    const row = await world.row(ulid);
    expect(row.status).toBe('PUSHED');
    expect(row.message).toMatch(/^\[2026-11-21T10:0[0-9:.]+Z\] 'story_a.xml': push SUCCESS$/);
    expect(row.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'sent']);
    expect(world.server.temporary()).toEqual([]);
  });

  test('come to an end with a server that takes connections and drops them at once', async () => {
    const connect = world.server.connect.bind(world.server);
    world.server.connect = async (...args) => {
      const connection = await connect(...args);
      await connection.close();
      return connection;
    };
    const ulids = [await world.change('story:a'), await world.change('story:b')];
    await world.ended(await world.start());
    for (const ulid of ulids) expect((await world.row(ulid)).attempts).toHaveLength(5);
    expect(world.server.connects).toHaveLength(10);
  });

  test('without a connection are attempts of all that wait', async () => {
    world.server.mischief.connect = () => {
      throw new Error('connection refused');
    };
    const ulids = [await world.change('story:a'), await world.change('story:b')];
    const run = await world.ended(await world.start());
    expect(run.counts).toEqual({ selected: 2, pushed: 0, failed: 2 });
    for (const [index, ulid] of ulids.entries()) {
      const row = await world.row(ulid);
      expect(row.status).toBe('SEND_ERROR');
      expect(row.attempts).toHaveLength(5);
      const file = `story_${'ab'.charAt(index)}.xml`;
      expect(row.message).toMatch(
        new RegExp(
          `^\\[[^\\]]+\\] '${file}': push ERROR: connection refused TARGET: one.example.org$`,
        ),
      );
    }
  });

  test('are not repeated when no retry can help', async () => {
    world.server.mischief.connect = () => {
      throw new PermanentError('wrong host key SHA256:abc');
    };
    const ulids = [await world.change('story:a'), await world.change('story:b')];
    await world.ended(await world.start());
    for (const ulid of ulids) {
      const row = await world.row(ulid);
      expect(row.attempts).toHaveLength(1);
      expect(row.message).toContain(
        'push ERROR: wrong host key SHA256:abc TARGET: one.example.org',
      );
    }
  });

  test('are as many as the settings say', async () => {
    const one = new WorkerScene({
      rules: [sequential()],
      targets: [targetNamed('one')],
      maxAttempts: 2,
    });
    one.server.mischief.put = () => {
      throw new Error('disk full');
    };
    const ulid = await one.change('story:a');
    await one.ended(await one.start());
    expect((await one.row(ulid)).attempts).toHaveLength(2);
  });

  test('to a server that accepts and stalls end in time, without having every file wait for it', async () => {
    world.server.mischief.put = async () => {
      await world.time.sleep(30_000);
      throw new CutError('no sign of life for 30 s');
    };
    const ulids: string[] = [];
    for (let index = 0; index < 25; index++)
      ulids.push(await world.change(`story:${String(index)}`));
    const run = await world.ended(await world.start());
    expect(run.counts).toEqual({ selected: 25, pushed: 0, failed: 25 });
    expect(run.finishedMs! - run.startedMs).toBeLessThan(400_000);
    for (const ulid of ulids) expect((await world.row(ulid)).attempts).toHaveLength(5);
  });

  test('of earlier pushes of the row stay, the newest fifty', async () => {
    world.server.mischief.put = () => {
      throw new Error('disk full');
    };
    const ulid = await world.change('story:a');
    for (let resets = 0; resets < 11; resets++) {
      await world.ended(await world.start());
      await world.rows.renew(await world.row(ulid));
    }
    world.server.mischief = {};
    await world.ended(await world.start());
    const row = await world.row(ulid);
    expect(row.attempts).toHaveLength(50);
    expect(row.attempts.at(-1)?.outcome).toBe('sent');
    expect(row.attempts[0]!.atMs).toBeLessThan(row.attempts[1]!.atMs);
  });
});

test('a row that takes the place of one whose upload was cut removes what that one left', async () => {
  world.server.mischief.rename = () => {
    throw new CutError('the connection was reset');
  };
  const cut = await world.change('story:a');
  await world.ended(await world.start());
  expect((await world.row(cut)).status).toBe('SEND_ERROR');
  expect(world.server.temporary()).toHaveLength(1);
  world.server.mischief = {};
  await world.change('story:a');
  await world.ended(await world.start());
  expect([...world.server.files.keys()]).toEqual(['one/story_a.xml']);
});

test('so does one that took the place of a row whose worker died', async () => {
  const scene = new WorkerScene({
    rules: [sequential()],
    targets: [targetNamed('one', { concurrency: 1 })],
    fate: (_call, name) => (name === 'lanes.renew' && scene.deaths < 1 ? 'dies before' : undefined),
  });
  scene.server.mischief.rename = async () => {
    if (scene.deaths > 0) return;
    await scene.change('story:a');
    await scene.time.sleep(20_000);
  };
  const first = await scene.change('story:a');
  await scene.untilQuiet();
  expect(scene.deaths).toBe(1);
  expect((await scene.row(first)).message).toContain('a newer push of story:a waits in its place');
  expect([...scene.server.files.keys()]).toEqual(['one/story_a.xml']);
});

describe('the done marker', () => {
  const path = 'marked/story_a.done';

  test('follows when all files are there', async () => {
    world.exporter.wanted = ({ id }) => ({ files: { [`${id}.xml`]: id, [`${id}.jpg`]: 'x' } });
    let failures = 1;
    world.server.mischief.put = (file) => {
      if (file.path === 'a.jpg' && failures-- > 0) throw new Error('disk full');
    };
    const ulid = await world.change('story:a', { target: 'marked' });
    await world.ended(await world.start());
    expect(world.server.arrivals.map((one) => one.path)).toEqual([
      'marked/a.xml',
      'marked/a.jpg',
      path,
    ]);
    expect(world.server.files.get(path)).toBe('');
    expect((await world.row(ulid)).status).toBe('PUSHED');
  });

  test('does not come without all files', async () => {
    world.exporter.wanted = ({ id }) => ({ files: { [`${id}.xml`]: id, [`${id}.jpg`]: 'x' } });
    world.server.mischief.put = (file) => {
      if (file.path === 'a.jpg') throw new PermanentError('permission denied');
    };
    await world.change('story:a', { target: 'marked' });
    await world.ended(await world.start());
    expect(world.server.files.has('marked/a.xml')).toBe(true);
    expect(world.server.files.has(path)).toBe(false);
  });

  test('that does not get there fails the push', async () => {
    world.server.mischief.put = (file) => {
      if (file.path === 'story_a.done') throw new Error('disk full');
    };
    const ulid = await world.change('story:a', { target: 'marked' });
    await world.ended(await world.start());
    const row = await world.row(ulid);
    expect(row.status).toBe('SEND_ERROR');
    expect(row.attempts).toHaveLength(5);
    expect(row.message.split('\n')).toHaveLength(2);
    expect(world.server.arrivals).toHaveLength(1);
  });
});

test('what could be made is sent though other files could not, whose status the row has', async () => {
  world.exporter.wanted = ({ id }) => ({
    files: { [`${id}.xml`]: id },
    problems: [{ status: 'OUTPUT_MAKER_ERROR', message: 'outputs of photo:1: no' }],
  });
  const ulid = await world.change('story:a');
  world.server.mischief.put = () => {
    throw new PermanentError('permission denied');
  };
  await world.ended(await world.start());
  const failed = await world.row(ulid);
  expect(failed.status).toBe('OUTPUT_MAKER_ERROR');
  expect(failed.message).toMatch(/^outputs of photo:1: no\n\[.*'a.xml': push ERROR: permission/);
  world.server.mischief = {};
  await world.rows.renew(failed);
  await world.ended(await world.start());
  expect((await world.row(ulid)).status).toBe('OUTPUT_MAKER_ERROR');
  expect(world.server.files.get('one/a.xml')).toBe('a');
});
