import type { Peer } from './peer.ts';

/** What the dummy sender sends to. */
export function startNothing(): Promise<Peer> {
  return Promise.resolve({
    url: 'dummy://nowhere',
    credentials: {},
    hostKeys: [],
    files: '',
    stop: () => Promise.resolve(),
  });
}
