import type { PushSender } from '../../lambdas/shared/define/push-sender.ts';

/** Schemes of the senders that ship. */
export const shippedSchemes = ['sftp', 'ftp', 'ftps', 'ftps+implicit', 'https', 's3', 'dummy'];

/** What S3 takes for the name of a bucket. */
const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** What is wrong with the URL of a target. Credentials that stand in it are not repeated. */
export function targetUrlMistakes(url: string, senders: readonly PushSender[]): string[] {
  const schemes = [...new Set([...shippedSchemes, ...senders.map(({ scheme }) => scheme)])];
  if (!URL.canParse(url)) {
    return ['url must be a URL such as sftp://files.example.org/incoming'];
  }
  const { protocol, username, password, host, pathname, search, hash } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const mistakes: string[] = [];
  if (username !== '' || password !== '') {
    mistakes.push('url must not hold user and password: keep them in a secret, and name it');
  }
  if (!schemes.includes(scheme)) {
    return [...mistakes, `url: there is no sender for ${scheme}; there are ${schemes.join(', ')}`];
  }
  if (host === '' && scheme !== 'dummy') mistakes.push('url names no host');
  if (scheme === 's3' && host !== '' && !bucketPattern.test(host)) {
    mistakes.push(`url: "${host}" cannot be the name of a bucket`);
  }
  if (!isDecodable(pathname)) mistakes.push('url: write a % of its path as %25');
  if (hash !== '') mistakes.push('url: write a # of its path as %23');
  if (search !== '' && scheme !== 'https') mistakes.push('url: write a ? of its path as %3F');
  return mistakes;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
