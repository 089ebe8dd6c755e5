import { definePushSender } from '../../shared/define/push-sender.ts';
import { fileBytes } from './file-bytes.ts';
import { fileSegments } from './remote-place.ts';

/** Reads files and says that they were sent: to try out rules without a server. */
export const dummySender = definePushSender({
  scheme: 'dummy',
  connect: (destination) =>
    Promise.resolve({
      parallel: 8,
      put: async (file) => {
        fileSegments(file.path);
        const bytes = fileBytes(file, destination);
        while ((await bytes.next()).done !== true);
      },
      close: () => Promise.resolve(),
    }),
});
