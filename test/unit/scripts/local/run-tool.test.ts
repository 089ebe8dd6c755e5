import { describe, expect, test } from '@jest/globals';
import { runTool } from '../../../../scripts/local/run-tool.ts';

describe('running a tool', () => {
  test('gives its output line by line and as a whole', async () => {
    const lines: string[] = [];
    const result = await runTool('sh', ['-c', 'echo a; echo b; exit 2'], {
      onLine: (line) => lines.push(line),
    });
    expect(result).toEqual({ outcome: 'failed', output: 'a\nb\n' });
    expect(lines).toEqual(['a', 'b']);
  });

  test('tells a missing program from a failing one', async () => {
    expect((await runTool('/missing/program', [])).outcome).toBe('missing');
  });

  test('ends a tool that takes too long, with the children it waits for', async () => {
    const result = await runTool('sh', ['-c', 'sleep 60 | cat'], { timeoutMilliseconds: 100 });
    expect(result.outcome).toBe('timed-out');
  });

  test('ends a tool when asked to, even before it began', async () => {
    const signal = AbortSignal.abort();
    expect((await runTool('sleep', ['60'], { signal })).outcome).toBe('failed');
  });
});
