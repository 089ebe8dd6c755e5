import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import * as z from 'zod';

/** As much of S3 as an upload in parts needs; what is uploaded goes nowhere. */
export interface S3Sink {
  endpoint: string;
  stop: () => Promise<void>;
}

const address = z.object({ port: z.int() });

export async function startS3Sink(): Promise<S3Sink> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const answer = answerOf(request);
      response.setHeader('etag', '"part"');
      response.end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = address.parse(server.address());
  return {
    endpoint: `http://127.0.0.1:${String(port)}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** To the beginning and the end of an upload an XML document; to a part nothing. */
function answerOf({ method, url = '' }: IncomingMessage): string | undefined {
  if (method !== 'POST') return undefined;
  const name = url.includes('uploads') ? 'InitiateMultipartUpload' : 'CompleteMultipartUpload';
  return `<?xml version="1.0"?><${name}Result><Bucket>exports</Bucket><Key>file</Key><UploadId>1</UploadId><ETag>"all"</ETag></${name}Result>`;
}
