import { type ConfigKey, configKeys } from "./keys.ts";
import { pathText, placeIn, problemsOf } from "./problems.ts";
import { type Settings, settingsSchema } from "./schema.ts";
import { withoutEmpty } from "./without-empty.ts";
import type { KeyPath } from "./yaml-file.ts";

/** What one place sets, with the name of that place in messages. */
export interface Layer {
  readonly settings: Settings;
  /** Values as they were written, by key. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Where the value of a key came from: `/etc/docknet/docknet.yml:3`, `variable DOCKNET_…`, `flag --…`. */
  origin(key: ConfigKey): string;
}

export type LayerOutcome =
  | { readonly ok: true; readonly layer: Layer }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Texts by key: what variables or flags say. A list from flags is an array, one from a variable is separated by commas. */
export type TextsByKey = Readonly<Partial<Record<string, string | readonly string[]>>>;

/** The layer of a parsed file. */
export function fileLayer(
  path: string,
  content: { readonly value: unknown; lineOf(path: KeyPath): number },
): LayerOutcome {
  return settle(withoutEmpty(content.value) ?? {}, {
    origin: ({ key }) => `${path}:${content.lineOf(key.split("."))}`,
    subject: placeIn(path, content.lineOf),
  });
}

/** The layer of the environment; variables of other programs, and empty ones, do not count. */
export function variablesLayer(env: Readonly<Record<string, string | undefined>>): LayerOutcome {
  const texts = configKeys.map(({ key, variable }) => [key, env[variable] || undefined]);
  return textsLayer(Object.fromEntries(texts), (key) => `variable ${key.variable}`);
}

/** The layer of the command line. */
export function flagsLayer(flags: TextsByKey): LayerOutcome {
  return textsLayer(flags, (key) => `flag ${key.flag}`);
}

function textsLayer(texts: TextsByKey, origin: (key: ConfigKey) => string): LayerOutcome {
  const raw: Record<string, Record<string, unknown>> = {};
  for (const key of configKeys) {
    const text = texts[key.key];
    if (text === undefined) continue;
    const [section = "", name = ""] = key.key.split(".");
    raw[section] = { ...raw[section], [name]: settingOf(key, text) };
  }
  return settle(raw, {
    origin,
    subject: (path) => {
      const keyPath = pathText(path);
      const key = configKeys.find((known) => keyPath.startsWith(known.key));
      return key === undefined ? keyPath : `${origin(key)} (${keyPath})`;
    },
  });
}

function settingOf(key: ConfigKey, text: string | readonly string[]): unknown {
  const texts = typeof text === "string" ? [text] : text;
  const last = texts.at(-1) ?? "";
  switch (key.kind) {
    case "list":
      return texts.flatMap((part) => part.split(",")).map((part) => part.trim());
    case "number":
      return /^\d+$/.test(last) ? Number(last) : last;
    case "text":
      return last;
  }
}

interface Place {
  origin(key: ConfigKey): string;
  /** The start of a message about a key. */
  subject(path: KeyPath): string;
}

function settle(raw: unknown, place: Place): LayerOutcome {
  const parsed = settingsSchema.safeParse(raw);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, place.subject) };
  const written = configKeys.flatMap(({ key }) => {
    const value = valueAt(raw, key.split("."));
    return value === undefined ? [] : [[key, value]];
  });
  return {
    ok: true,
    layer: {
      settings: parsed.data,
      written: Object.fromEntries(written),
      origin: place.origin,
    },
  };
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === "object" && inner !== null
        ? Object.entries(inner).find(([key]) => key === part)?.[1]
        : undefined,
    value,
  );
}
