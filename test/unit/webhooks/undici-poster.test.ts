import { afterEach, expect, test } from '@jest/globals';
import { Socket, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { parseAllowedTargets } from '../../../lambdas/webhooks/allowed-targets.ts';
import { type PosterOptions, UndiciPoster } from '../../../lambdas/webhooks/undici-poster.ts';
import { localAuthority } from '../../support/certificates.ts';
import { hostileNames, hostileTargets } from '../../support/hostile-targets.ts';
import { type Answer, type Receiver, startReceiver } from '../../support/receiver.ts';

const secrets = [
  `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  `whsec_${Buffer.alloc(32, 2).toString('base64')}`,
];
const body = '{"id":"evt_1","data":{"name":"Zoë"}}';
const open: Receiver[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((receiver) => receiver.close()));
});

async function receiving(options: Parameters<typeof startReceiver>[0] = {}) {
  const receiver = await startReceiver(options);
  open.push(receiver);
  return receiver;
}

function posting(options: Partial<PosterOptions> & { allow?: string[] } = {}) {
  const { allow = ['127.0.0.1/32:*'], ...more } = options;
  const poster = new UndiciPoster({
    allowed: parseAllowedTargets(allow),
    timeoutMs: 5_000,
    now: () => Date.now(),
    ...more,
  });
  return (target: string) => poster.post({ target, id: 'evt_1', body, secrets });
}

test('each secret signs what is posted, as Standard Webhooks verifies it', async () => {
  const receiver = await receiving();
  const { attempt } = await posting()(`${receiver.url}/hooks?a=b`);
  expect(attempt).toMatchObject({ status: 200 });
  expect(attempt.error).toBeUndefined();
  const [post] = receiver.posts;
  expect(post).toMatchObject({ method: 'POST', path: '/hooks?a=b', body });
  for (const secret of secrets) {
    expect(new Webhook(secret).verify(post?.body ?? '', post?.headers ?? {})).toEqual(
      JSON.parse(body),
    );
  }
});

const failures: readonly (readonly [Answer, object])[] = [
  [
    { status: 500, body: 'no' },
    { status: 500, responseBody: 'no', error: { kind: 'status' } },
  ],
  [
    { status: 302, headers: { location: 'http://169.254.169.254/' } },
    { status: 302, error: { message: 'answered 302: redirects are not followed' } },
  ],
  [{ does: 'reset' }, { error: { kind: 'connection' } }],
  [{ does: 'reset-mid-body' }, { status: 200, error: { kind: 'connection' } }],
  [{ does: 'end-mid-body' }, { status: 200, error: { kind: 'connection' } }],
  [
    { does: 'header-bomb', bytes: 100_000 },
    { error: { kind: 'connection', message: expect.stringContaining('headers are too large') } },
  ],
  [
    { does: 'raw', bytes: 'hello\r\n\r\n' },
    { error: { kind: 'connection', message: expect.stringContaining('not valid HTTP') } },
  ],
];

test.each(failures)('a receiver that does %j fails the post', async (answer, expected) => {
  const receiver = await receiving({ script: [answer] });
  const { attempt } = await posting()(receiver.url);
  expect(attempt).toMatchObject(expected);
  expect(receiver.posts).toHaveLength(1);
});

test.each([{ does: 'hang' }, { does: 'drip' }, { does: 'drip-headers' }] as const)(
  'a receiver that does %j runs into the time-out of the whole post',
  async (answer) => {
    const receiver = await receiving({ script: [answer] });
    const { attempt } = await posting({ timeoutMs: 300 })(receiver.url);
    expect(attempt.error).toMatchObject({ kind: 'timeout' });
  },
);

test.each([200, 500])(
  'of a huge body 64 KiB are read, then the status %i decides',
  async (status) => {
    const receiver = await receiving({
      script: [{ does: 'huge-body', status, bytes: 1_000_000_000 }],
    });
    const { attempt } = await posting()(receiver.url);
    expect(attempt.status).toBe(status);
    expect(attempt.error?.kind).toBe(status === 200 ? undefined : 'status');
    expect(Buffer.byteLength(attempt.responseBody ?? '')).toBeLessThanOrEqual(16_384);
  },
);

test('a post says that it is JSON, who makes it, and that its answer is not to be packed', async () => {
  const receiver = await receiving();
  await posting()(receiver.url);
  expect(receiver.posts[0]?.headers).toMatchObject({
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'user-agent': 'Sequitur-Webhooks',
  });
});

test('a packed answer is not unpacked', async () => {
  const receiver = await receiving({
    script: [{ status: 500, body: 'x'.repeat(9_999), gzip: true }],
  });
  const { attempt } = await posting()(receiver.url);
  expect(attempt.responseBody).not.toContain('xxx');
});

test('Retry-After is told', async () => {
  const receiver = await receiving({ script: [{ status: 503, headers: { 'retry-after': '7' } }] });
  expect(await posting()(receiver.url)).toMatchObject({ retryAfterSeconds: 7 });
});

test('a connection is used again, but not once it was idle for long', async () => {
  const receiver = await receiving();
  let now = 1_000_000;
  const post = posting({ now: () => now });
  await post(receiver.url);
  await post(receiver.url);
  expect(receiver.connections()).toBe(1);
  now += 1_001;
  await post(receiver.url);
  expect(receiver.connections()).toBe(2);
});

test('a post that was reset after it had left by a used connection is a failed try', async () => {
  const receiver = await receiving({
    script: (_sent, index) => (index === 1 ? { does: 'reset' } : { status: 204 }),
  });
  const post = posting({ now: () => 0 });
  await post(receiver.url);
  expect((await post(receiver.url)).attempt.error).toMatchObject({ kind: 'connection' });
  expect(receiver.posts).toHaveLength(2);
  expect(receiver.connections()).toBe(1);
});

test('a connection that is closed while idle costs no try', async () => {
  const receiver = await receiving({ script: [{ does: 'answer-and-close', status: 204 }] });
  const post = posting({ now: () => 0 });
  for (let nth = 0; nth < 5; nth += 1) {
    expect((await post(receiver.url)).attempt).toMatchObject({ status: 204 });
    // Its end is on its way.
    await sleep(20);
  }
  expect(receiver.posts).toHaveLength(5);
});

test('a connection that ends before a byte of the post has left costs no try', async () => {
  const receiver = await receiving();
  const sockets: Socket[] = [];
  const post = posting({
    now: () => 0,
    dial: ({ port }) => {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      return socket;
    },
  });
  await post(receiver.url);
  const [kept] = sockets;
  if (!kept) throw new Error('it was connected');
  // Whoever writes learns that it is over.
  kept.write = () => {
    kept.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    return false;
  };
  expect((await post(receiver.url)).attempt).toMatchObject({ status: 200 });
  expect(receiver.posts).toHaveLength(2);
  expect(receiver.connections()).toBe(2);
});

test('every hostile target is blocked without a connection', async () => {
  const post = posting({
    allow: [],
    dial: () => {
      throw new Error('connected');
    },
  });
  for (const [target, reason] of hostileTargets) {
    const { attempt } = await post(target);
    expect(attempt.error).toEqual({ kind: 'blocked', message: expect.stringContaining(reason) });
  }
});

test.each(hostileNames)('%s, which resolves to %j, is blocked', async (name, addresses, reason) => {
  const post = posting({
    allow: [],
    resolve: () => Promise.resolve(addresses.map((address) => ({ address, family: 4 }))),
    dial: () => {
      throw new Error('connected');
    },
  });
  const { attempt } = await post(`https://${name}/`);
  expect(attempt.error).toEqual({ kind: 'blocked', message: expect.stringContaining(reason) });
});

test('what decides is the address a socket is connected to: no byte reaches a rebound name', async () => {
  const receiver = await receiving();
  const post = posting({
    allow: [],
    resolve: () => Promise.resolve([{ address: '93.184.215.14', family: 4 }]),
    dial: () => connect(receiver.port, '127.0.0.1'),
  });
  const { attempt } = await post('https://rebinding.example.org/');
  expect(attempt.error).toMatchObject({
    kind: 'blocked',
    message: expect.stringContaining('resolves to 127.0.0.1, a loopback address'),
  });
  expect(receiver.bytesReceived()).toBe(0);
});

test('a name without an address fails by its DNS', async () => {
  const post = posting({
    resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })),
  });
  const { attempt } = await post('https://gone.example.org/');
  expect(attempt.error).toEqual({ kind: 'dns', message: 'gone.example.org has no address' });
});

const resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);

test.each([
  ['a good certificate', {}, undefined],
  ['an expired certificate', { expired: true }, 'the certificate has expired'],
  ['a certificate for another name', { names: ['other.example'] }, 'not for hooks.example.org'],
  ['a certificate of an unknown authority', { known: false }, 'not from a known authority'],
])(
  'TLS with %s',
  async (
    _what,
    {
      expired = false,
      names = ['hooks.example.org'],
      known = true,
    }: { expired?: boolean; names?: string[]; known?: boolean },
    message,
  ) => {
    const authority = await localAuthority();
    const receiver = await receiving({ tls: await authority.certify({ names, expired }) });
    const post = posting({ resolve, ...(known && { ca: authority.ca }) });
    const { attempt } = await post(`https://hooks.example.org:${receiver.port}/`);
    expect(attempt.error?.kind).toBe(message === undefined ? undefined : 'tls');
    expect(attempt.error?.message ?? '').toContain(message ?? '');
    expect(receiver.posts).toHaveLength(message === undefined ? 1 : 0);
  },
);

test.each([
  ['an error that it has no words for', { code: 'EMFILE' }, ['EMFILE']],
  ['no error that tells of the receiver', { code: 'ECONNREFUSED' }, []],
])('tells of %s', async (_what, more, told) => {
  const seen: unknown[] = [];
  const post = posting({
    dial: () => {
      const socket = new Socket();
      setImmediate(() => socket.destroy(Object.assign(new Error('failed'), more)));
      return socket;
    },
    onUnexplained: (error) => seen.push(error),
  });
  const { attempt } = await post('http://127.0.0.1:8080/');
  expect(attempt.error).toMatchObject({ kind: 'connection' });
  expect(seen).toEqual(told.map((code) => expect.objectContaining({ code })));
});
