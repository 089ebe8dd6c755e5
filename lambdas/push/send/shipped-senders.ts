import type { PushSender } from '../../shared/define/push-sender.ts';
import { dummySender } from './dummy-sender.ts';
import { ftpSender } from './ftp-sender.ts';
import { httpsSender } from './https-sender.ts';
import { s3Sender } from './s3-sender.ts';
import { sftpSender } from './sftp-sender.ts';

/** The senders that ship, each for its scheme. */
export const shippedSenders: readonly PushSender[] = [
  sftpSender,
  ftpSender('ftp', 'none'),
  ftpSender('ftps', 'explicit'),
  ftpSender('ftps+implicit', 'implicit'),
  s3Sender(),
  httpsSender,
  dummySender,
];
