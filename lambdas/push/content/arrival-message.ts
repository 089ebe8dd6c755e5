import * as z from 'zod';

/**
 * What S3 tells the queue: files that were uploaded, or that its notifications are set up
 * (`s3:TestEvent`, without any). Keys come as forms are written: `%2B`, and `+` for a space
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
 */
export const arrivalMessage = z
  .object({
    Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })),
  })
  .transform(({ Records }) => Records.map(({ s3 }) => decodedKey(s3.object.key)))
  .or(z.object({ Event: z.literal('s3:TestEvent') }).transform((): string[] => []));

/** A key that is not written so stays as it is: it is none of ours. */
function decodedKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
