import type { SettingsInput } from './settings.ts';

const overridePrefix = 'sequitur:';

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
    const path = key.startsWith(overridePrefix) ? key.slice(overridePrefix.length) : '';
    const dot = path.indexOf('.');
    if (dot < 0) continue;
    const [group, name] = [path.slice(0, dot), path.slice(dot + 1)];
    merged[group] = { ...merged[group], [name]: valueOf(value) };
    places.set(path, `-c ${key}`);
  }
  return { settings: merged, places };
}

/** The command line gives strings; `5`, `true` and `["a"]` mean what they say. */
function valueOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
