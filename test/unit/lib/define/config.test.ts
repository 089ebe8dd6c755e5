import { describe, expect, test } from '@jest/globals';
import { config as example } from '../../../../config/index.ts';
import { checkConfig, ConfigError } from '../../../../lib/define/config.ts';
import type { Config } from '../../../../lib/define/config.ts';

const issuer = { 'sequitur:auth.issuer': 'https://issuer.example.org' };

/** The mistakes of the example configuration with some changes, one a line; `[]` when it is right. */
function mistakesOf(
  changes: Partial<Record<keyof Config, unknown>>,
  context: object = {},
): string[] {
  try {
    checkConfig({ ...example, ...(changes as Partial<Config>) }, { ...issuer, ...context });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n  - ').slice(1);
  }
  return [];
}

test('what ships is right once an issuer is named', () => {
  expect(mistakesOf({})).toEqual([]);
});

describe('each mistake is told with its place and what is possible', () => {
  test('a type that cannot be one', () => {
    expect(mistakesOf({ resources: [...example.resources, { type: 'Blog Post' }] })).toEqual([
      'config/resources.ts, "Blog Post": use lower-case letters, digits and hyphens, at most 32',
    ]);
  });

  test('a type declared twice', () => {
    expect(mistakesOf({ resources: [...example.resources, { type: 'photo' }] })).toEqual([
      'config/resources.ts, "photo": declared more than once, keep one',
    ]);
  });

  test('no type at all', () => {
    expect(mistakesOf({ resources: [], actions: [] })).toContain(
      'config/resources.ts: declare at least one resource type',
    );
  });

  test('a verb of an unknown type of actor', () => {
    expect(mistakesOf({ actions: [{ actor: 'visitor', verb: 'look' }] })).toEqual([
      'config/actions.ts, "look": actor "visitor" is not declared in config/resources.ts (user, project, article, photo)',
    ]);
  });

  test('a verb that cannot be one', () => {
    expect(mistakesOf({ actions: [{ actor: 'user', verb: 'Like!' }] })).toEqual([
      'config/actions.ts, "Like!": use lower-case letters, digits, - and _, at most 32',
    ]);
  });

  test('a verb declared twice for a type', () => {
    expect(mistakesOf({ actions: [...example.actions, { actor: 'user', verb: 'like' }] })).toEqual([
      'config/actions.ts, "user like": declared more than once, keep one',
    ]);
  });

  test('an unknown domain, and one named twice', () => {
    expect(mistakesOf({ domains: ['social', 'sociall', 'social'] })).toEqual([
      'config/index.ts, domains: there is no "sociall"; there are social, convos, webhooks, push',
      'config/index.ts, domains: "social" stands twice, keep one',
    ]);
  });

  test.each([',', 'a,,b', 'a,', ' ', ', a', ''])('an empty audience in "%s"', (audience) => {
    expect(mistakesOf({ settings: { auth: { audience } } })).toEqual([
      `config/settings.ts, auth.audience: must be an audience, or several with one comma between; given is ${JSON.stringify(audience)}`,
    ]);
  });

  test('an issuer without TLS, where no emulator was named', () => {
    const settings = { auth: { issuer: 'http://issuer.example.org' } };
    expect(mistakesOf({ settings }, { 'sequitur:auth.issuer': 'http://localhost:1' })).toEqual([
      '-c sequitur:auth.issuer: must begin with https://, unless an emulator is told so by -c sequitur:plainHttp=allow; given is "http://localhost:1"',
    ]);
    expect(() => checkConfig({ ...example, settings }, {})).toThrow(
      'config/settings.ts, auth.issuer: must begin with https://',
    );
    expect(
      checkConfig({ ...example, settings }, { 'sequitur:plainHttp': 'allow' }).settings.auth.issuer,
    ).toBe('http://issuer.example.org');
  });

  test('a user type that is no resource type', () => {
    expect(mistakesOf({ settings: { auth: { userType: 'member' } } })).toEqual([
      'config/settings.ts, auth.userType: "member" is not declared in config/resources.ts (user, project, article, photo)',
    ]);
  });

  test('no issuer', () => {
    expect(() => checkConfig(example, {})).toThrow(
      'The configuration has mistakes:\n  - config/settings.ts, auth.issuer: name the OIDC issuer whose tokens the API accepts, here or with -c sequitur:auth.issuer=https://...',
    );
  });

  test('a setting out of its range', () => {
    expect(mistakesOf({ settings: { timelines: { keep: 0 } } })).toEqual([
      'config/settings.ts, timelines.keep: Too small: expected number to be >=1; given is 0',
    ]);
  });

  test('a number of days that CloudWatch does not take', () => {
    expect(mistakesOf({ settings: { installation: { logRetentionDays: 10 } } })).toEqual([
      'config/settings.ts, installation.logRetentionDays: Invalid option: expected one of 1|3|5|7|14|30|60|90|120|150|180|365; given is 10',
    ]);
  });

  test('a duration with a unit where the setting has its own', () => {
    expect(mistakesOf({ settings: { installation: { logRetentionDays: '30 days' } } })).toEqual([
      'config/settings.ts, installation.logRetentionDays: Invalid option: expected one of 1|3|5|7|14|30|60|90|120|150|180|365; given is "30 days"',
    ]);
  });

  test('a prefix that cannot begin a stack name', () => {
    expect(mistakesOf({ settings: { installation: { namePrefix: 'My_Site' } } })).toEqual([
      'config/settings.ts, installation.namePrefix: must be lower-case letters, digits and hyphens, at most 21; given is "My_Site"',
    ]);
  });

  test('an origin with a path', () => {
    const mistakes = mistakesOf({
      settings: { installation: { corsOrigins: ['https://example.org/app'] } },
    });
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain('config/settings.ts, installation.corsOrigins.0: must be * or');
  });

  test('a setting or group that there is not', () => {
    expect(mistakesOf({ settings: { follows: { onRepeet: 'ignore' }, follow: { x: 1 } } })).toEqual(
      [
        'config/settings.ts, follows.onRepeet: there is no such setting; follows has onRepeat',
        'config/settings.ts, follow.x: there is no such setting; groups are installation, auth, follows, timelines, convos, webhooks, push',
      ],
    );
  });
});

describe('mistakes of push', () => {
  test('are told with all others, each with its place', () => {
    const [contentType] = example.contentTypes;
    const [sender] = [{ scheme: 'Web Dav', connect: () => Promise.reject(new Error()) }];
    expect(
      mistakesOf({
        contentTypes: [...example.contentTypes, contentType],
        pushRules: example.pushRules.map((rule) => ({ ...rule, targets: ['nowhere'] })).slice(0, 1),
        pushTargets: [{ name: 'somewhere', url: 'sftp://example.org' }],
        pushSenders: [sender, sender],
        settings: { timelines: { keep: 0 } },
      }),
    ).toEqual([
      'config/settings.ts, timelines.keep: Too small: expected number to be >=1; given is 0',
      'config/content-types.ts, "story": declared more than once, keep one',
      'config/push-rules, "partner-stories": target "nowhere" is not declared in config/push-targets.ts (somewhere)',
      'config/push-targets.ts, "somewhere": hostKeys are missing: name the fingerprint of the server’s key (docs/push.md says how to get it)',
      'config/push-senders.ts, "Web Dav": use what begins a URL, without the colon: lower-case letters, digits, + . and -',
      'config/push-senders.ts, "Web Dav": use what begins a URL, without the colon: lower-case letters, digits, + . and -',
      'config/push-senders.ts, "Web Dav": declared more than once, keep one',
    ]);
  });

  test('are ages in the wrong order', () => {
    const settings = { push: { checkOldAgeSeconds: 100, checkTooOldAgeSeconds: 60 } };
    expect(mistakesOf({ settings })).toEqual([
      'config/settings.ts, push.checkOldAgeSeconds: must not be above push.checkTooOldAgeSeconds: what is too late is late before; given are 100 and 60',
    ]);
    expect(mistakesOf({}, { 'sequitur:push.checkOldAgeSeconds': '2000' })).toEqual([
      '-c sequitur:push.checkOldAgeSeconds: must not be above push.checkTooOldAgeSeconds: what is too late is late before; given are 2000 and 1800',
    ]);
    expect(mistakesOf({}, { 'sequitur:push.checkOldAgeSeconds': '1800' })).toEqual([]);
  });

  test('are parts of settings that there are not, told where they were given', () => {
    const context = { 'sequitur:push.targets': '{"partner-ftp": {"uri": "ftp://example.org"}}' };
    expect(mistakesOf({}, context)).toEqual([
      '-c sequitur:push.targets: there is no such setting; push.targets.partner-ftp has url, secret, hostKeys, caFile',
    ]);
    const vpc = {
      vpcId: 'vpc-1',
      availabilityZones: ['a'],
      privateSubnetIds: ['subnet-1'],
      subnets: [],
    };
    expect(mistakesOf({ settings: { push: { vpc } } })).toEqual([
      expect.stringContaining('config/settings.ts, push.vpc.securityGroupIds: '),
      'config/settings.ts, push.vpc.subnets: there is no such setting; push.vpc has vpcId, availabilityZones, privateSubnetIds, securityGroupIds',
    ]);
  });

  test('are subnets that stand twice', () => {
    const vpc = {
      vpcId: 'vpc-1',
      availabilityZones: ['a'],
      privateSubnetIds: ['subnet-1', 'subnet-1'],
      securityGroupIds: ['sg-1'],
    };
    expect(mistakesOf({ settings: { push: { vpc } } })).toEqual([
      'config/settings.ts, push.vpc: "subnet-1" stands twice, keep one',
    ]);
  });
});

describe('settings of the command line', () => {
  test('take the place of those in config/, as the types that they are of', () => {
    const { settings } = checkConfig(example, {
      ...issuer,
      'sequitur:timelines.keep': '500',
      'sequitur:timelines.importOnFollow': 'false',
      'sequitur:installation.corsOrigins': '["https://example.org"]',
      'sequitur:follows.onRepeat': 'conflict',
      'sequitur:webhooks.allowTargets': '["127.0.0.1/32:*"]',
    });
    expect(settings.webhooks.allowTargets).toEqual(['127.0.0.1/32:*']);
    expect(settings.timelines).toMatchObject({ keep: 500, importOnFollow: false, chunkSize: 100 });
    expect(settings.installation.corsOrigins).toEqual(['https://example.org']);
    expect(settings.follows.onRepeat).toBe('conflict');
  });

  test('are text where the setting is text, whatever they look like', () => {
    const { settings } = checkConfig(
      { ...example, resources: [...example.resources, { type: 'true' }] },
      { ...issuer, 'sequitur:auth.audience': '123', 'sequitur:auth.userType': 'true' },
    );
    expect(settings.auth).toMatchObject({ audience: '123', userType: 'true' });
    expect(
      mistakesOf(
        {},
        { 'sequitur:installation.alarmEmail': '5', 'sequitur:installation.logLevel': '5' },
      ),
    ).toEqual([
      '-c sequitur:installation.logLevel: Invalid option: expected one of "DEBUG"|"INFO"|"WARN"|"ERROR"; given is "5"',
      '-c sequitur:installation.alarmEmail: Invalid email address; given is "5"',
    ]);
  });

  test('may be several audiences with spaces between', () => {
    expect(mistakesOf({}, { 'sequitur:auth.audience': 'old, new one ,https://c' })).toEqual([]);
  });

  test('are lists as JSON, each part of which is checked', () => {
    expect(mistakesOf({}, { 'sequitur:webhooks.allowTargets': '["127.0.0.1"]' })).toEqual([
      '-c sequitur:webhooks.allowTargets: must be a CIDR with ports, such as 10.0.0.0/8:443,8080-8090 or 127.0.0.1/32:*; given is ["127.0.0.1"]',
    ]);
  });

  test('may name a file of authorities, which must be there', () => {
    expect(mistakesOf({}, { 'sequitur:webhooks.caFile': 'config/none.pem' })).toEqual([
      '-c sequitur:webhooks.caFile: there is no such file that can be read, name one by its path from the root; given is "config/none.pem"',
    ]);
  });

  test('are named as given when they are wrong', () => {
    expect(
      mistakesOf({}, { 'sequitur:timelines.keep': '0', 'sequitur:follows.onRepeat': 'never' }),
    ).toEqual([
      '-c sequitur:follows.onRepeat: Invalid option: expected one of "ignore"|"conflict"; given is "never"',
      '-c sequitur:timelines.keep: Too small: expected number to be >=1; given is 0',
    ]);
  });

  test('are named as given when there is no such setting or group', () => {
    expect(
      mistakesOf(
        {},
        {
          'sequitur:timelines.kept': '5',
          'sequitur:timeline.keep': '5',
          'sequitur:timelines.keep.x': '5',
        },
      ),
    ).toEqual([
      '-c sequitur:timelines.kept: there is no such setting; timelines has importOnFollow, removeOnUnfollow, fanOutLimit, keep, chunkSize',
      '-c sequitur:timelines.keep.x: there is no such setting; timelines has importOnFollow, removeOnUnfollow, fanOutLimit, keep, chunkSize',
      '-c sequitur:timeline.keep: there is no such setting; groups are installation, auth, follows, timelines, convos, webhooks, push',
    ]);
  });

  test('leave context of the application and of others alone', () => {
    expect(mistakesOf({}, { 'sequitur:plainHttp': 'allow', 'other:timelines.keep': '0' })).toEqual(
      [],
    );
  });
});

describe('context of the deployment', () => {
  test('is taken when it is known', () => {
    const { deployment } = checkConfig(example, {
      ...issuer,
      'sequitur:synthesizer': 'cli-credentials',
      'sequitur:apiTag': '5e9017a1',
      'sequitur:plainHttp': 'allow',
    });
    expect(deployment).toEqual({
      synthesizer: 'cli-credentials',
      apiTag: '5e9017a1',
      plainHttp: 'allow',
    });
    expect(checkConfig(example, issuer).deployment).toEqual({});
  });

  test('is refused when it is not', () => {
    expect(
      mistakesOf(
        {},
        {
          'sequitur:foo': '1',
          'sequitur:synthesizer': 'cli',
          'sequitur:apiTag': '5E9017A1',
          'sequitur:plainHttp': 'true',
          'other:foo': '1',
        },
      ),
    ).toEqual([
      '-c sequitur:synthesizer: the only value is cli-credentials; given is "cli"',
      '-c sequitur:apiTag: must be 8 hex digits in lower case; given is "5E9017A1"',
      '-c sequitur:plainHttp: the only value is allow; given is "true"',
      '-c sequitur:foo: there is no such context; there are synthesizer, apiTag, plainHttp, and settings as <group>.<setting>',
    ]);
  });
});

test('all mistakes are told at once, wherever they are', () => {
  expect(
    mistakesOf(
      {
        resources: [{ type: 'project' }],
        actions: [{ actor: 'user', verb: 'like' }],
        settings: { timelines: { chunkSize: 0 } },
        eventTypes: example.eventTypes.map((one) => ({ ...one, example: {} })),
      },
      { 'sequitur:auth.issuer': 'issuer.example.org' },
    ),
  ).toEqual([
    'config/actions.ts, "like": actor "user" is not declared in config/resources.ts (project)',
    'config/event-types.ts, "article.published": the example does not fit the schema, mend one of them: article: Invalid input: expected string, received undefined; title: Invalid input: expected string, received undefined',
    '-c sequitur:auth.issuer: must be the URL of an OIDC issuer; given is "issuer.example.org"',
    'config/settings.ts, timelines.chunkSize: Too small: expected number to be >=1; given is 0',
    'config/settings.ts, auth.userType: "user" is not declared in config/resources.ts (project)',
  ]);
});
