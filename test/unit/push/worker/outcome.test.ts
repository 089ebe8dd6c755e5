import { expect, test } from '@jest/globals';
import { outcomeOf } from '../../../../lambdas/push/worker/outcome.ts';

const attempt = (atMs: number) => ({
  atMs,
  durationMs: 1,
  outcome: 'failed' as const,
  message: '',
});

const sent = { isWhole: true, lines: ['sent'], there: ['a.xml'], attempts: [] };

test('the first thing that went wrong gives the status, all are told, also of what was sent', () => {
  const problems = [
    { status: 'VALIDATION_ERROR', message: 'a.xml is not valid' },
    { status: 'OUTPUT_GENERATION_ERROR', message: 'the binary is missing' },
  ] as const;
  for (const isWhole of [true, false]) {
    expect(outcomeOf(problems, { ...sent, isWhole }, [])).toEqual({
      status: 'VALIDATION_ERROR',
      message: 'a.xml is not valid\nthe binary is missing\nsent',
      attempts: [],
    });
  }
});

test('a push is PUSHED only when every file was made and is there', () => {
  expect(outcomeOf([], sent, []).status).toBe('PUSHED');
  expect(outcomeOf([], { ...sent, isWhole: false }, []).status).toBe('SEND_ERROR');
});

test('of very many attempts the newest are kept', () => {
  const before = Array.from({ length: 49 }, (_one, index) => attempt(index));
  const { attempts } = outcomeOf([], { ...sent, attempts: [attempt(100), attempt(101)] }, before);
  expect([attempts.length, attempts[0]?.atMs, attempts.at(-1)?.atMs]).toEqual([50, 1, 101]);
});
