import * as z from 'zod';
import { settingsSchema } from '../../../../lib/define/settings.ts';

const schemaOfSetting = z.object({
  description: z.string(),
  type: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  anyOf: z.array(z.looseObject({ format: z.string().optional() })).optional(),
  items: z.looseObject({ type: z.string() }).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
});

const schemaOfGroups = z.object({
  properties: z.record(z.string(), z.object({ properties: z.record(z.string(), schemaOfSetting) })),
});

/** The table of all settings as docs/configuration.md has it, made from the schemas that check them. */
export function settingsTable(): string {
  const json = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' });
  const { properties } = schemaOfGroups.parse(json);
  const rows = Object.entries(properties).flatMap(([group, settings]) =>
    Object.entries(settings.properties).map(
      ([name, setting]) =>
        `| \`${group}.${name}\` | ${valuesOf(setting)} | ${defaultOf(setting)} | ${setting.description} |`,
    ),
  );
  return [
    '| setting | values | default | what it does |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function valuesOf(setting: z.output<typeof schemaOfSetting>): string {
  if (setting.enum) return setting.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (setting.anyOf) {
    return setting.anyOf.some(({ format }) => format === 'email')
      ? 'a mail address, or empty'
      : 'an object, or `null`';
  }
  if (setting.type === 'object') return 'an object';
  if (setting.type === 'array') return `a list of ${setting.items?.type ?? ''}s`;
  if (setting.type === 'integer') {
    return `${grouped(setting.minimum)} to ${grouped(setting.maximum)}`;
  }
  return setting.type === 'boolean' ? '`true`, `false`' : 'text';
}

function defaultOf(setting: z.output<typeof schemaOfSetting>): string {
  if (setting.default === undefined) return 'none';
  if (typeof setting.default === 'number') return grouped(setting.default);
  return `\`${typeof setting.default === 'string' ? setting.default || '""' : JSON.stringify(setting.default)}\``;
}

function grouped(value: number | undefined): string {
  return value === undefined ? 'any' : value.toLocaleString('en-US');
}
