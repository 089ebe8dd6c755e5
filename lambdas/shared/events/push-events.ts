import * as z from 'zod';

const data = z.object({
  /** The row of the queue. */
  item: z.string(),
  rule: z.string(),
  target: z.string(),
  /** Reference of the content. */
  content: z.string(),
  status: z.string(),
  statusCode: z.int(),
  /** A line for each file, of very many the first. */
  message: z.string(),
  /** The run that pushed it; none when a filter threw. */
  runId: z.string().optional(),
});

const example = {
  item: 'push_01KAJ0M9Y8N3V5T7W9X1Z2B4C6',
  rule: 'partner-stories',
  target: 'partner-sftp',
  content: 'story:7',
  runId: 'run_01KAJ0MAF4T6B8D0F2H4K6M8P0',
};

/** Events of push. Their audience is the content. */
export const pushEvents = {
  'push.succeeded': {
    description: 'All files of a content are on a partner’s server.',
    schema: data,
    example: {
      ...example,
      status: 'PUSHED',
      statusCode: 50,
      message: "[2026-11-21T10:30:00.000Z] 'NEWS_story_7.xml': push SUCCESS",
    },
  },
  'push.failed': {
    description: 'A push has ended without all its files on the partner’s server.',
    schema: data,
    example: {
      ...example,
      status: 'SEND_ERROR',
      statusCode: 130,
      message:
        "[2026-11-21T10:30:00.000Z] 'NEWS_story_7.xml': push ERROR: connection refused TARGET: files.example.org",
    },
  },
};
