import type * as z from 'zod';
import type { Content } from '../../lambdas/shared/define/content-type.ts';
import type { story } from '../content-types.ts';

/** A story, as rules see it. */
export type Story = Content<z.output<typeof story.schema>>;

export function isOnline({ fields }: Story): boolean {
  return fields.state === 20;
}

/** The name under which partners get a photo, of its reference. */
export function photoFile(photo: string): string {
  return `${photo.slice('photo:'.length)}.jpg`;
}

/** In UTC, as XML has it; stories come with whatever offset their editors have. */
export function dateOf({ fields }: Story): string {
  return new Date(fields.updatedAt).toISOString();
}
