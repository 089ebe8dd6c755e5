import { expect, test } from '@jest/globals';
import { inLane, LaneLostError } from '../../../../lambdas/push/worker/lane-keeper.ts';
import { InMemoryLaneStore } from '../../../support/push/in-memory-lane-store.ts';
import { SimulatedTime } from '../../../support/simulated-time.ts';
import { silentLog } from '../../../support/silent-log.ts';

const lane = 'files.example.org:22#0';
const minuteMs = 60_000;

/** Keeps a lane in simulated time, while its store or the run's does something else than it should. */
function scene(wrong: { renew?: () => Promise<boolean>; alive?: () => Promise<void> } = {}) {
  const time = new SimulatedTime();
  const lanes = new InMemoryLaneStore();
  const signsMs: number[] = [];
  const parts = {
    lanes: wrong.renew
      ? {
          acquire: lanes.acquire.bind(lanes),
          isHeld: lanes.isHeld.bind(lanes),
          release: lanes.release.bind(lanes),
          renew: wrong.renew,
        }
      : lanes,
    runs: {
      alive: async (_run: string, nowMs: number) => {
        signsMs.push(nowMs);
        await wrong.alive?.();
      },
    },
    now: time.now,
    pause: (ms: number, signal?: AbortSignal) =>
      Promise.race([
        time.sleep(ms),
        new Promise<void>((wake) => signal?.addEventListener('abort', () => wake())),
      ]),
    log: silentLog(),
  };
  const startMs = time.now();
  return {
    signsMs: () => signsMs.map((atMs) => atMs - startMs),
    /** Works for so long in the lane. @returns when it was lost, if it was */
    work: async (milliseconds: number) => {
      try {
        await time.run(inLane(parts, { lane, run: 'r' }, () => time.sleep(milliseconds)));
        return undefined;
      } catch (error) {
        if (!(error instanceof LaneLostError)) throw error;
        return time.now() - startMs;
      }
    },
  };
}

const hangs = () => new Promise<never>(() => undefined);
const fails = () => Promise.reject(new Error('storage is out of reach'));

test('a lane that is renewed is held for as long as the work takes', async () => {
  const kept = scene();
  expect(await kept.work(10 * minuteMs)).toBeUndefined();
});

test.each([
  ['fails', fails],
  ['hangs', hangs],
])('a lane whose renewal %s is lost before its lease ends', async (_how, renew) => {
  const kept = scene({ renew });
  const lostMs = await kept.work(10 * minuteMs);
  expect(lostMs).toBeGreaterThan(30_000);
  expect(lostMs).toBeLessThan(minuteMs);
});

test('the run hears all the time that its worker lives', async () => {
  const kept = scene();
  await kept.work(10 * minuteMs);
  const signs = [0, ...kept.signsMs(), 10 * minuteMs];
  const silences = signs.slice(1).map((atMs, index) => atMs - (signs[index] ?? 0));
  expect(Math.max(...silences)).toBeLessThan(minuteMs);
});

test.each([
  ['fails', fails],
  ['hangs', hangs],
])('a sign of life that %s costs no lane', async (_how, alive) => {
  const kept = scene({ alive });
  expect(await kept.work(10 * minuteMs)).toBeUndefined();
});
