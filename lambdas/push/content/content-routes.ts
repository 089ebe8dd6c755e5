import type { ContentType } from '../../shared/define/content-type.ts';
import { invalid } from '../../shared/errors.ts';
import { adminOnly } from '../../shared/http/authorize.ts';
import { ulidCursors } from '../../shared/http/cursor.ts';
import type { Cursors } from '../../shared/http/cursor.ts';
import { route } from '../../shared/http/route.ts';
import type { Route } from '../../shared/http/route.ts';
import { fittingAnswers } from '../fitting-answers.ts';
import { contentAnswer } from './content-answer.ts';
import * as endpoints from './content-endpoints.ts';
import { deleteContent } from './delete-content.ts';
import { existingContent } from './existing-content.ts';
import { putContent } from './put-content.ts';
import type { PutContentParts } from './put-content.ts';
import { uploadBinary } from './upload-binary.ts';
import type { UploadParts } from './upload-binary.ts';

/** What the routes of content work with. */
export type ContentRouting = PutContentParts &
  Omit<UploadParts, 'now'> & {
    /** Of the configuration. */
    contentTypes: readonly ContentType[];
    cursors: Cursors;
  };

export function contentRoutes(parts: ContentRouting): Route[] {
  const { content, contentTypes, cursors, pace } = parts;
  const positions = ulidCursors(cursors);
  const types = new Map(contentTypes.map((declared) => [declared.type, declared]));
  const typeNamed = (name: string): ContentType => {
    const type = types.get(name);
    if (!type)
      throw invalid('path.type', `must be a content type: ${[...types.keys()].join(', ')}`);
    return type;
  };
  return [
    route(endpoints.putContent, {
      authorize: adminOnly,
      run: async ({ params, body }) => {
        const put = await putContent(parts, {
          ...body,
          type: typeNamed(params.type),
          id: params.id,
        });
        return {
          status: put.created ? 201 : 200,
          body: { ...contentAnswer(put.content), changed: put.changed },
        };
      },
    }),
    route(endpoints.getContent, {
      authorize: adminOnly,
      run: async ({ params: { type, id } }) => {
        const item = await existingContent(content, `${type}:${id}`);
        return { status: 200, body: contentAnswer(item) };
      },
    }),
    route(endpoints.deleteContent, {
      authorize: adminOnly,
      run: async ({ params: { type, id } }) => {
        await deleteContent({ content, pace }, `${type}:${id}`);
        return { status: 204 };
      },
    }),
    route(endpoints.listContent, {
      authorize: adminOnly,
      run: async ({ params, query: { limit, cursor }, cursorScope }) => {
        const after = await positions.after(cursor, cursorScope);
        const page = await content.list(params.type, { after, limit, order: 'desc' });
        const fitting = fittingAnswers(page, contentAnswer);
        const next = await positions.next(fitting.after, cursorScope);
        return { status: 200, body: { items: fitting.answers, ...next } };
      },
    }),
    route(endpoints.uploadBinary, {
      authorize: adminOnly,
      run: async ({ params: { type, id, name } }) => ({
        status: 200,
        body: await uploadBinary({ ...parts, now: pace.now }, { type: typeNamed(type), id, name }),
      }),
    }),
  ];
}
