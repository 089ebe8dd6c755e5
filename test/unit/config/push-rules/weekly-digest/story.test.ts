import { expect, test } from '@jest/globals';
import { weeklyDigest } from '../../../../../config/push-rules/weekly-digest/rule.ts';
import { madeFile } from '../made-files.ts';
import { storyOf } from '../stored-content.ts';

test.each([
  ['with a photo', { photo: 'photo:3' }, '\n  <photo>photos/3.jpg</photo>'],
  ['without one', {}, ''],
])('a story %s is a well-formed file', async (_what, more, photo) => {
  const fields = { title: 'A & B', content: '<h1>One</h1>two', ...more };
  expect(await madeFile(weeklyDigest, storyOf('7', fields))).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>
<story id="7">
  <title>A &amp; B</title>
  <date>2026-11-18T12:00:00.000Z</date>
  <text>One
two</text>${photo}
</story>
`,
  );
});
