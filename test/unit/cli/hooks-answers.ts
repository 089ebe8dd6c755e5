/** What the API answers about an endpoint of Amy and one of its deliveries. */
export const hookId = 'hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
export const deliveryId = 'del_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
export const otherDeliveryId = 'del_01KAJ0M9Y8N3V5T7W9X1Z2B4C7';

export const hook = {
  id: hookId,
  target: 'https://example.org/webhooks',
  events: ['follow.*', 'message.sent'],
  description: null,
  delivery: { mode: 'each', ordered: false },
  retry: null,
  onExhausted: 'keep',
  rateLimit: null,
  owner: 'user:amy',
  enabled: true,
  createdAt: '2026-11-21T10:30:00.000Z',
  later: 'new in the API',
};

export const hookLine = `${hookId}\tenabled\tuser:amy\teach\tfollow.* message.sent\t${hook.target}\n`;

export const delivery = {
  id: deliveryId,
  hook: hookId,
  target: hook.target,
  owner: 'user:amy',
  event: { id: 'evt_1', type: 'message.sent' },
  status: 'failed',
  tries: 8,
  attempts: [
    {
      at: '2026-11-21T10:31:00.000Z',
      durationMs: 15_000,
      error: { kind: 'timeout', message: 'no answer' },
    },
    {
      at: '2026-11-21T10:32:00.000Z',
      durationMs: 9,
      status: 500,
      error: { kind: 'status', message: 'HTTP 500' },
    },
  ],
  payload: { id: 'evt_1', type: 'message.sent', timestamp: '2026-11-21T10:30:00.000Z', data: {} },
};

export const failure = { ...delivery, valid: true, lastStatus: 500 };
