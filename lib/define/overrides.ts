import * as z from 'zod';
import { settingsSchema } from './settings.ts';
import type { SettingsInput } from './settings.ts';

/** Begins every name of context that is this application's. */
export const contextPrefix = 'sequitur:';

/** Settings as given, before they are checked: values by group and name. */
export type RawSettings = Record<string, Record<string, unknown>>;

/**
 * The settings of `config/` with those of the command line (`-c sequitur:timelines.keep=500`) over
 * them, and where each overridden one comes from, by its path. A key without a dot is context of the
 * app itself, such as `sequitur:synthesizer`.
 */
export function withOverrides(
  settings: SettingsInput,
  context: Record<string, unknown>,
): { settings: RawSettings; places: Map<string, string> } {
  const merged: RawSettings = {};
  for (const [group, values] of Object.entries(settings)) merged[group] = { ...values };
  const places = new Map<string, string>();
  for (const [key, value] of Object.entries(context)) {
    const path = key.startsWith(contextPrefix) ? key.slice(contextPrefix.length) : '';
    const dot = path.indexOf('.');
    if (dot < 0) continue;
    const [group, name] = [path.slice(0, dot), path.slice(dot + 1)];
    merged[group] = { ...merged[group], [name]: textSettings.has(path) ? value : valueOf(value) };
    places.set(path, `-c ${key}`);
  }
  return { settings: merged, places };
}

const jsonSchemaOfSettings = z.object({
  properties: z.record(
    z.string(),
    z.object({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) }),
  ),
});

const { properties: groups } = jsonSchemaOfSettings.parse(
  z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' }),
);

const text = z.object({ type: z.literal('string') });
const textInEveryForm = z.union([text, z.object({ anyOf: z.array(text) })]);

/** Paths of the settings that take text, for which `123` is text and no number. */
const textSettings = new Set(
  Object.entries(groups).flatMap(([group, { properties }]) =>
    Object.entries(properties)
      .filter(([, schema]) => textInEveryForm.safeParse(schema).success)
      .map(([name]) => `${group}.${name}`),
  ),
);

/** The command line gives strings; `5`, `true` and `["a"]` mean what they say. */
function valueOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
