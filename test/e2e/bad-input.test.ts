import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { send } from '../support/e2e/convos.ts';
import { createHook, deleteHooks, noRetries, ping, settled } from '../support/e2e/hooks.ts';
import {
  expectations,
  expectedOperations,
  idleHook,
  pathOf,
  referencesOf,
} from '../support/e2e/operations.ts';
import type { ExpectedOperation, Objects } from '../support/e2e/operations.ts';
import { admin, uniqueId } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import { putStandingContent } from '../support/e2e/standing-content.ts';

/** Every route is called by an administrator, so that nothing but the named mistake is in the way. */
let operator: Person;
let operations: Map<string, ExpectedOperation>;
/** The administrator's own: a message and its thread, a hook and its delivery. */
let objects: Objects;

beforeAll(async () => {
  await putStandingContent();
  operator = await admin();
  const message = await send(operator, { ref: `user:${uniqueId('input')}` });
  const hook = await createHook(operator, idleHook.target, { ...idleHook, retry: noRetries });
  await ping(operator, hook.id);
  const delivery = await settled(operator, hook.id, 'failed');
  objects = {
    message: message.id,
    thread: message.threadId,
    hook: hook.id,
    delivery: delivery.id,
  };
  operations = new Map((await expectedOperations()).map((one) => [one.operationId, one]));
});

afterAll(deleteHooks);

function operationOf(operationId: string): ExpectedOperation {
  const operation = operations.get(operationId);
  if (!operation) throw new Error(`no operation ${operationId}`);
  return operation;
}

const all = Object.keys(expectations);
const withBody = all.filter((id) => expectations[id]?.body !== undefined);

/** A path of an operation, whose references are all different, with one of them replaced. */
function placeOf(operation: ExpectedOperation, name?: string, value = ''): string {
  const names = referencesOf(operation);
  const references = Object.fromEntries(
    names.map((one) => [one, one === name ? value : `user:${uniqueId('input')}`]),
  );
  return pathOf(operation, references, objects);
}

async function ask(operation: ExpectedOperation, path: string, more: object = {}) {
  const { body, query } = operation;
  const { status, body: answer } = await call<{ errors?: { path: string; message: string }[] }>(
    operator,
    operation.method,
    path,
    { ...(body !== undefined && { body }), ...(query && { query }), ...more },
  );
  return {
    status,
    fields: (answer as typeof answer | undefined)?.errors?.map((error) => error.path),
  };
}

describe.each(all)('%s', (operationId) => {
  test('names each reference that is none', async () => {
    const operation = operationOf(operationId);
    for (const name of referencesOf(operation)) {
      for (const bad of [
        'planet:7',
        'user:',
        'user',
        ':x',
        'user:a b',
        'user:ä',
        `user:${'x'.repeat(129)}`,
        'User:x',
        'user:%',
        'user:a\nb',
      ]) {
        const path = placeOf(operation, name, bad);
        expect([bad, await ask(operation, path)]).toEqual([
          bad,
          { status: 400, fields: [`path.${name}`] },
        ]);
      }
    }
  });

  test('takes ids of 128 characters', async () => {
    const operation = operationOf(operationId);
    for (const name of referencesOf(operation)) {
      const long = `user:${uniqueId('x').padEnd(128, 'x')}`;
      const path = placeOf(operation, name, long);
      expect((await ask(operation, path)).status).toBe(operation.status);
    }
  });

  test('takes no encoded slash in a reference', async () => {
    const operation = operationOf(operationId);
    for (const name of referencesOf(operation)) {
      const path = placeOf(operation, name, 'user:a/b');
      expect((await ask(operation, path)).status).toBe(400);
    }
  });

  test('takes no query parameter that it does not know, and none twice', async () => {
    const operation = operationOf(operationId);
    const path = placeOf(operation);
    expect(await ask(operation, path, { query: { nonsense: '1' } })).toEqual({
      status: 400,
      fields: ['query.nonsense'],
    });
    for (const { name } of operation.parameters.filter((one) => one.in === 'query')) {
      expect(await ask(operation, path, { query: `${name}=1&${name}=1` })).toEqual({
        status: 400,
        fields: [`query.${name}`],
      });
    }
  });

  test('names each list parameter that is wrong', async () => {
    const operation = operationOf(operationId);
    const path = placeOf(operation);
    const wrong: Record<string, string[]> = {
      limit: ['0', '101', 'x', '-1', '1.5', '1e1', '', ' 1', '0x10', '99999999999999999999'],
      order: ['up', 'ASC', ''],
      type: ['planet', 'User', ''],
      verb: ['No', '', 'x'.repeat(33)],
      target: ['planet', 'planet:7', ''],
      cursor: ['x', ''],
      folder: ['sent', 'INBOX', 'inbox,outbox', ''],
      body: ['FULL', 'excerpt', ''],
      hook: [''],
      event: [''],
      owner: ['planet:7', 'user:', ''],
      status: ['lost', '99', '600', ''],
      valid: ['yes', '1', ''],
      failedBefore: ['yesterday', '2026-01-01', ''],
      all: ['false', ''],
      content: ['planet:7', 'story', 'story:', ''],
      rule: [''],
    };
    // Hooks name targets by their URLs, push by names of its own: any text.
    if (/^\/v1\/(?:hooks|push)/u.test(operation.path)) wrong['target'] = [''];
    for (const { name } of operation.parameters.filter((one) => one.in === 'query')) {
      const values = wrong[name];
      if (!values) throw new Error(`no wrong values of ?${name}= yet`);
      for (const value of values) {
        expect([name, value, await ask(operation, path, { query: { [name]: value } })]).toEqual([
          name,
          value,
          { status: 400, fields: [`query.${name}`] },
        ]);
      }
    }
  });

  test('is the only method of its path besides those documented', async () => {
    const operation = operationOf(operationId);
    const path = placeOf(operation);
    const documented = [...operations.values()]
      .filter((one) => one.path === operation.path)
      .map(({ method }) => method);
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      if (documented.includes(method)) continue;
      const { status, headers } = await call(operator, method, path);
      expect([method, status]).toEqual([method, 405]);
      expect(headers.get('allow')?.split(', ').toSorted()).toEqual(documented.toSorted());
    }
  });
});

describe.each(withBody)('the body of %s', (operationId) => {
  const place = () => {
    const operation = operationOf(operationId);
    return { operation, path: placeOf(operation) };
  };

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'application/json; charset=utf-16',
    '',
  ])('is 415 as %j', async (type) => {
    const { operation, path } = place();
    const more = { text: JSON.stringify(operation.body), headers: { 'content-type': type } };
    expect((await ask(operation, path, more)).status).toBe(415);
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON', 'application/vnd.x+json'])(
    'is taken as %s',
    async (type) => {
      const { operation, path } = place();
      const more = { headers: { 'content-type': type } };
      expect((await ask(operation, path, more)).status).toBe(operation.status);
    },
  );

  test.each(['{', '{"verb":}', 'undefined', '{"a":1}x', '\u0000'])(
    'is 400 when it is no JSON: %j',
    async (text) => {
      const { operation, path } = place();
      expect(await ask(operation, path, { text })).toEqual({ status: 400, fields: ['body'] });
    },
  );

  test.each(['[]', 'null', '"x"', '1', 'true'])('is 400 when it is no object: %s', async (text) => {
    const { operation, path } = place();
    expect(await ask(operation, path, { text })).toEqual({ status: 400, fields: ['body'] });
  });

  test('is 400 by name with a property that nobody knows', async () => {
    const { operation, path } = place();
    const body = { ...operation.body, nonsense: 1 };
    expect(await ask(operation, path, { body })).toEqual({
      status: 400,
      fields: ['body.nonsense'],
    });
  });

  test.each(['data', 'others', 'verb', 'nonsense'])(
    'is 400 by name when %s is nested too deep, known here or not',
    async (name) => {
      const { operation, path } = place();
      const rest = JSON.stringify({ ...operation.body, [name]: undefined }).slice(1, -1);
      const deep = '['.repeat(6000) + ']'.repeat(6000);
      const text = `{${rest}${rest && ','}"${name}":${deep}}`;
      expect(await ask(operation, path, { text })).toEqual({
        status: 400,
        fields: [`body.${name}`],
      });
    },
  );

  test('is 413 above its limit, 256 KiB in general, and taken up to it', async () => {
    const { operation, path } = place();
    const limit = operation.bodyLimitBytes ?? 256 * 1024;
    const json = JSON.stringify(operation.body);
    const text = (bytes: number) => json + ' '.repeat(bytes - json.length);
    expect((await ask(operation, path, { text: text(limit) })).status).toBe(operation.status);
    expect((await ask(operation, path, { text: text(limit + 1) })).status).toBe(413);
  });
});

test('a call that takes no body refuses one', async () => {
  for (const operation of operations.values()) {
    // Clients cannot send one with GET.
    if (operation.requestBody !== undefined || operation.method === 'GET') continue;
    const path = placeOf(operation);
    expect(await ask(operation, path, { body: {} })).toEqual({ status: 400, fields: ['body'] });
  }
});

test('a time that only its offset takes out of the year 9999 is 400', async () => {
  const body = { verb: 'join', at: '9999-12-31T23:59:59.999-23:59' };
  const path = `/resources/user:${uniqueId('input')}/actions`;
  const { status, body: answer } = await call(operator, 'POST', path, { body });
  expect(status).toBe(400);
  expect(answer['errors']).toMatchObject([{ path: 'body.at' }]);
});

test.each(['actions', 'timelines/private'])(
  'an id below %s that cannot be one is 404, however long',
  async (list) => {
    for (const id of ['x', 'x'.repeat(300), `act_${'0'.repeat(27)}`]) {
      expect((await call(operator, 'DELETE', `/resources/user:x/${list}/${id}`)).status).toBe(404);
    }
  },
);

test('an object by an id that cannot be one is 404, whatever is done with it', async () => {
  for (const operation of operations.values()) {
    const { object } = operation;
    if (object === undefined || object === 'action') continue;
    const ulid = objects[object]?.split('_')[1] ?? '';
    for (const id of [
      'x',
      'x'.repeat(300),
      ulid,
      `act_${ulid}`,
      // A thread's id is no message's, nor the other way round.
      ...(['message', 'thread', 'hook', 'delivery'] as const)
        .filter((other) => other !== object)
        .map((other) => objects[other] ?? ''),
      (objects[object] ?? '').toLowerCase(),
      `${objects[object] ?? ''}0`,
      '\u0000',
      'ä',
    ]) {
      const path = pathOf(operation, {}, { [object]: id });
      expect([operation.operationId, id, (await ask(operation, path)).status]).toEqual([
        operation.operationId,
        id,
        404,
      ]);
    }
  }
});
