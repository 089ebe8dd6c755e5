import { expect, test } from '@jest/globals';
import { partnerStories } from '../../../../../config/push-rules/partner-stories/rule.ts';
import { madeFile } from '../made-files.ts';
import { storyOf } from '../stored-content.ts';

test('a story with everything is a valid file', async () => {
  const content = `<p>Fish &amp; chips &lt; 5&nbsp;&euro;</p><p>Open</p>${' '.repeat(500)}`;
  const fields = { title: 'A <b> & "c"', content, photo: 'photo:3' };
  const other = storyOf('8', { title: 'X & Y' });
  expect(await madeFile(partnerStories, storyOf('7', fields, ['story:8']), other)).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<news id="7">
  <title>A &lt;b&gt; &amp; &quot;c&quot;</title>
  <date>2026-11-18T12:00:00.000Z</date>
  <text>Fish &amp; chips &lt; 5 €
Open</text>
  <photo>/medias/3.jpg</photo>
  <links>
    <link id="8">X &amp; Y</link>
  </links>
</news>
`,
  );
});

test('a story with nothing but its text is a valid file', async () => {
  expect(await madeFile(partnerStories, storyOf('7', { content: 'Text' }))).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<news id="7">
  <title>Title of 7</title>
  <date>2026-11-18T12:00:00.000Z</date>
  <text>Text</text>
  <links>
  </links>
</news>
`,
  );
});

test('a story whose text is nothing but tags is refused by the schema', async () => {
  const made = madeFile(partnerStories, storyOf('7', { content: '<p></p>'.repeat(100) }));
  await expect(made).rejects.toThrow(/not valid by partner-stories\/news\.xsd.*text/su);
});
