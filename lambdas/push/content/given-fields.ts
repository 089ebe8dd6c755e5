import * as z from 'zod';
import { isRefusedName, refusedName } from './field-mistakes.ts';

/** Fields as a client gives them. Records of the library would leave that one name out without a word. */
export const givenFields = z.preprocess(
  (value, check) => {
    const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    for (const name of names.filter(isRefusedName)) {
      check.addIssue({ code: 'custom', path: [name], message: refusedName });
    }
    return value;
  },
  z
    .record(z.string(), z.unknown())
    .meta({ description: 'As the type’s schema in the configuration has them.' }),
);
