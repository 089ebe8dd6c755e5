/** What the API answers about a row of the queue, a run, and an item of content. */
export const rowId = 'push_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
export const runId = 'run_01KAJ0MAF4T6B8D0F2H4K6M8P0';

export const row = {
  id: rowId,
  rule: 'partner-stories',
  target: 'partner-sftp',
  content: 'story:7',
  status: 'SEND_ERROR',
  statusCode: 130,
  message: "[2026-11-21T10:30:00.000Z] 'a.xml': push ERROR: refused TARGET: files.example.org",
  attempts: [
    { at: '2026-11-21T10:30:00.000Z', durationMs: 12, outcome: 'failed', message: 'refused' },
  ],
  createdAt: '2026-11-21T10:29:00.000Z',
  lastAttemptAt: '2026-11-21T10:30:00.000Z',
  runId,
  later: 'new in the API',
};

export const rowCells = [
  rowId,
  'SEND_ERROR',
  '130',
  'story:7',
  'partner-stories',
  'partner-sftp',
  '1',
  row.createdAt,
  row.lastAttemptAt,
];

export const run = {
  id: runId,
  kind: 'push',
  state: 'running',
  startedAt: '2026-11-21T10:30:00.000Z',
  counts: { selected: 3, pushed: 1, failed: 0 },
  messages: new Array<string>(),
  later: 'new in the API',
};

export const doneRun = {
  ...run,
  state: 'done',
  finishedAt: '2026-11-21T10:31:00.000Z',
  counts: { selected: 3, pushed: 3, failed: 0 },
};

export const item = {
  type: 'story',
  id: '7',
  version: 3,
  fields: { title: 'Noon', state: 20 },
  related: ['story:8', 'photo:1'],
  binaries: [{ name: 'original', size: 5, sha256: 'ab12' }],
  createdAt: '2026-11-20T10:30:00.000Z',
  updatedAt: '2026-11-21T10:30:00.000Z',
  later: 'new in the API',
};
