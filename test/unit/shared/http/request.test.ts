import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import { ValidationError } from '../../../../lambdas/shared/errors.ts';
import { maxBodyLevels, parseBody } from '../../../../lambdas/shared/http/request.ts';

const schema = z.strictObject({
  data: z.unknown().optional(),
  others: z.array(z.string()).optional(),
});

/** What the body comes to, sent as API Gateway hands over bytes that it does not take for text. */
function parse(body: string | Buffer) {
  const event: Pick<APIGatewayProxyEventV2, 'body' | 'headers' | 'isBase64Encoded'> = {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  };
  return parseBody(schema, event as APIGatewayProxyEventV2);
}

function mistakesOf(body: string | Buffer): { path: string; message: string }[] {
  try {
    parse(body);
  } catch (error) {
    if (error instanceof ValidationError) return error.errors;
    throw error;
  }
  return [];
}

/** JSON of so many arrays or objects within each other. */
const lists = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

describe('a body that is nested too deep', () => {
  const tooDeep = `is nested too deep: a body has at most ${maxBodyLevels} levels`;

  test.each([lists, objects])('is taken up to the limit and refused above it: %p', (nested) => {
    // The body itself is a level.
    expect(mistakesOf(`{"data":${nested(maxBodyLevels - 1)}}`)).toEqual([]);
    expect(mistakesOf(`{"data":${nested(maxBodyLevels)}}`)).toEqual([
      { path: 'body.data', message: tooDeep },
    ]);
  });

  test.each([
    ['body.data', `{"data":${lists(6_000)}}`],
    ['body.data', `{"data":${objects(6_000)}}`],
    ['body.others', `{"others":${lists(120_000)}}`],
    ['body.others', `{"others":["user:a",${lists(6_000)}]}`],
    ['body.nonsense', `{"nonsense":${objects(40_000)}}`],
    ['body.0', lists(120_000)],
  ])('names the place: %s', (path, body) => {
    expect(mistakesOf(body)).toEqual([{ path, message: tooDeep }]);
  });

  test('is not one that is only wide', () => {
    expect(mistakesOf(`{"data":[${'[],'.repeat(60_000)}1]}`)).toEqual([]);
  });
});

describe('the bytes of a body', () => {
  test('are read as UTF-8', () => {
    expect(parse('{"data":"für 🐟 \uFFFD"}')).toEqual({ data: 'für 🐟 \uFFFD' });
  });

  test.each([
    ['Latin-1', Buffer.from('{"data":"für"}', 'latin1')],
    ['UTF-16', Buffer.from('\uFEFF{"data":"a"}', 'utf16le')],
    ['half a character', Buffer.from('{"data":"ü').subarray(0, -1)],
    ['an encoded surrogate', Buffer.from('7b2264617461223a22eda080227d', 'hex')],
  ])('are refused, not mended, when they are no UTF-8: %s', (_what, bytes) => {
    expect(mistakesOf(bytes)).toEqual([{ path: 'body', message: 'is not valid UTF-8' }]);
  });
});
