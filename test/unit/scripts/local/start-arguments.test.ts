import { describe, expect, test } from '@jest/globals';
import { parseStartArguments } from '../../../../scripts/local/start-arguments.ts';

describe('the arguments of npm start', () => {
  test('default to a foreground stack on the usual ports', () => {
    expect(parseStartArguments([])).toEqual({
      detach: false,
      help: false,
      ports: { emulator: 4566, issuer: 4567 },
      chosenPorts: {},
      settings: {},
    });
  });

  test('take settings by their dotted names, with whatever follows the first equals sign', () => {
    const args = ['--set', 'timelines.keep=5', '--set', 'auth.audience=a=b', '--set', 'x.y='];
    expect(parseStartArguments(args).settings).toEqual({
      'timelines.keep': '5',
      'auth.audience': 'a=b',
      'x.y': '',
    });
  });

  test('an option goes before its environment variable', () => {
    const environment = { SEQUITUR_PORT: '5001', SEQUITUR_ISSUER_PORT: '5002' };
    expect(parseStartArguments(['--port', '6001'], environment).ports).toEqual({
      emulator: 6001,
      issuer: 5002,
    });
  });

  test('tell the ports that were named from those by default', () => {
    const environment = { SEQUITUR_ISSUER_PORT: '4567' };
    expect(parseStartArguments([], environment).chosenPorts).toEqual({ issuer: 4567 });
    expect(parseStartArguments(['--port', '6001']).chosenPorts).toEqual({ emulator: 6001 });
  });

  test.each([
    [['--port', '0']],
    [['--port', '65536']],
    [['--port', '4566x']],
    [['--issuer-port', '4566']],
    [['--set', 'keep=5']],
    [['--set', 'timelines.keep']],
    [['--detached']],
    [['now']],
  ])('%j is refused with the usage', (args) => {
    expect(() => parseStartArguments(args)).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('Usage: npm start') }),
    );
  });
});
