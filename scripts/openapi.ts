import { parseArgs } from 'node:util';
import * as z from 'zod';
import { config } from '../config/index.ts';
import { domains } from '../lib/define/config.ts';
import { openApiDocument } from './openapi-document.ts';

// `--domains=a,b`, or `--domains=` for none; those of config/ unless told.
const { domains: named } = parseArgs({ options: { domains: { type: 'string' } } }).values;
const chosen =
  named === undefined
    ? config.domains
    : z.array(z.enum(domains)).parse(named.split(',').filter((name) => name !== ''));

process.stdout.write(`${JSON.stringify(openApiDocument(chosen))}\n`);
