import { definePushTarget } from '../lambdas/shared/define/push-target.ts';

/**
 * Where files for partners go. User and password are in the secret of that name in Secrets Manager, a
 * JSON object; docs/push.md says how to make it, and how to get the fingerprint of a server. The setting
 * `push.targets` puts other servers in their place, e.g. in an installation for tests.
 */
export const pushTargets = [
  definePushTarget({
    name: 'partner-sftp',
    url: 'sftp://files.example.org/incoming',
    secret: 'sequitur/partner-sftp',
    hostKeys: ['SHA256:PutTheFingerprintOfYourPartnersServerHere00'],
  }),
  definePushTarget({
    name: 'partner-ftp',
    url: 'ftp://files.example.org/incoming',
    secret: 'sequitur/partner-ftp',
  }),
];
