import * as z from 'zod';
import { isOf } from '../../../lambdas/shared/define/content-type.ts';
import {
  binary,
  definePushRule,
  template,
  wellFormed,
  zip,
  type Supervisor,
} from '../../../lambdas/shared/define/push-rule.ts';
import { photo, story } from '../../content-types.ts';
import { dateOf, isOnline, photoFile, type Story } from '../stories.ts';
import { textOfHtml } from '../text-of-html.ts';

const weekMs = 7 * 86_400_000;

export const weeklyDigest = definePushRule({
  kind: 'mass',
  name: 'weekly-digest',
  description: 'Partners get the online stories of a week with their photos, in one archive.',
  targets: ['partner-sftp', 'partner-ftp'],
  pack: zip('weekly-digest.zip'),
  validators: [wellFormed()],
  items: async function* (args, { content }) {
    const startMs = weekStartMs(args);
    for await (const item of content.ofType(story.type)) {
      if (!isOf(story, item) || !isOnline(item)) continue;
      const updatedMs = Date.parse(item.fields.updatedAt);
      if (startMs <= updatedMs && updatedMs < startMs + weekMs) yield item;
    }
  },
  supervise: (content) => {
    if (isOf(story, content)) return storySupervisor(content);
    return isOf(photo, content) ? photoSupervisor(content.ref) : undefined;
  },
});

/** Midnight in UTC. */
function weekStartMs(args: readonly string[]): number {
  const day = z.tuple([z.iso.date()]).safeParse(args).data?.[0];
  if (day === undefined) {
    const given = args.length === 0 ? 'nothing' : args.map((arg) => `"${arg}"`).join(', ');
    throw new Error(
      `weekly-digest takes one argument, the first day of a week as an ISO date such as 2026-11-16; given is ${given}`,
    );
  }
  return Date.parse(day);
}

function storySupervisor(item: Story): Supervisor {
  const { id, fields } = item;
  return {
    outputs: () => {
      const context = {
        date: dateOf(item),
        text: textOfHtml(fields.content),
        photo: fields.photo && `photos/${photoFile(fields.photo)}`,
      };
      return [template({ name: `story_${id}.xml`, context })];
    },
    related: () => (fields.photo === undefined ? [] : [fields.photo]),
  };
}

/** A photo of several stories is in the archive once. */
function photoSupervisor(ref: string): Supervisor {
  return {
    outputs: () => [binary('original', { directory: 'photos', name: photoFile(ref) })],
  };
}
