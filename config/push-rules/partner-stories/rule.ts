import { isOf } from '../../../lambdas/shared/define/content-type.ts';
import {
  binary,
  definePushRule,
  flat,
  template,
  wellFormed,
  xsd,
  type ContentReader,
  type Supervisor,
} from '../../../lambdas/shared/define/push-rule.ts';
import { story } from '../../content-types.ts';
import { dateOf, isOnline, photoFile, type Story } from '../stories.ts';
import { textOfHtml } from '../text-of-html.ts';

/** Shorter ones are notices. Counted in `content` as it was given, its tags included. */
const leastCharacters = 500;

/** Links at the end of a story. */
const mostLinks = 3;

export const partnerStories = definePushRule({
  kind: 'sequential',
  name: 'partner-stories',
  description: 'Partners get each long story when it goes online, and whenever it is updated.',
  targets: ['partner-sftp', 'partner-ftp'],
  pack: flat(),
  validators: [wellFormed(), xsd('partner-stories/news.xsd')],
  supervise: (content) => (isOf(story, content) ? supervisorOf(content) : undefined),
});

function supervisorOf(item: Story): Supervisor {
  const { id, fields } = item;
  return {
    filterByType: () => Array.from(fields.content).length >= leastCharacters,
    filterByUpdates: (changed) => changed.includes('state') || changed.includes('updatedAt'),
    filterByState: () => isOnline(item),
    outputs: async (_content, { content }) => {
      const { photo } = fields;
      const context = {
        date: dateOf(item),
        text: textOfHtml(fields.content),
        photo: photo && `/medias/${photoFile(photo)}`,
        links: await linksOf(item, content),
      };
      const news = template({ name: `NEWS_story_${id}.xml`, context });
      if (photo === undefined) return [news];
      return [news, binary('original', { of: photo, directory: 'medias', name: photoFile(photo) })];
    },
  };
}

/** The first stories that it refers to, but for those that are gone. They are not pushed along. */
async function linksOf(
  { related }: Story,
  content: ContentReader,
): Promise<{ id: string; title: string }[]> {
  const refs = related.filter((ref) => ref.startsWith('story:')).slice(0, mostLinks);
  const found = await Promise.all(refs.map((ref) => content.get(ref)));
  return found.flatMap((item) =>
    item !== undefined && isOf(story, item) ? [{ id: item.id, title: item.fields.title }] : [],
  );
}
