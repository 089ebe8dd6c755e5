import { expect, test } from '@jest/globals';
import { parseAllowedTargets } from '../../../lambdas/webhooks/allowed-targets.ts';
import { judgedTargets } from '../../../lambdas/webhooks/judged-targets.ts';

/** A judge of targets, and how often it had to look at the rules of a name's port. */
function counting() {
  const allowed = parseAllowedTargets([]);
  const looks: number[] = [];
  const judge = judgedTargets({
    lists: (address, port) => allowed.lists(address, port),
    listsPort: (port) => {
      looks.push(port);
      return allowed.listsPort(port);
    },
  });
  return { judge, looks };
}

test('a target is its URL and the path that is asked for', () => {
  const { judge } = counting();
  const judged = judge('https://example.org:8443/hooks?a=b');
  expect(judged).toEqual({
    url: new URL('https://example.org:8443/hooks?a=b'),
    path: '/hooks?a=b',
  });
});

test('each is judged once, good or not, and by itself', () => {
  const { judge, looks } = counting();
  for (let nth = 0; nth < 3; nth += 1) {
    expect(judge('https://example.org/')).toMatchObject({ path: '/' });
    expect(judge('https://example.org:22/')).toMatchObject({
      mistake: expect.stringContaining('port 22'),
    });
    expect(judge('https://127.0.0.1/')).toMatchObject({
      mistake: expect.stringContaining('a loopback address'),
    });
  }
  expect(looks).toEqual([443, 22]);
});

test('no more than 500 are remembered', () => {
  const { judge, looks } = counting();
  const first = 'https://example.org/0';
  for (let nth = 0; nth < 500; nth += 1) judge(`https://example.org/${String(nth)}`);
  judge(first);
  expect(looks).toHaveLength(500);
  judge('https://example.org/500');
  judge(first);
  expect(looks).toHaveLength(502);
});
