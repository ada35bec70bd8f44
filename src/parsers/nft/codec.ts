/**
 * Reads a piece of JSON into its typed form and prints it back. `read` gives undefined for whatever is not exactly of this shape, an
 * unknown key included: what is read holds all that was there, and prints again.
 */
export interface Codec<T> {
  read(json: unknown): T | undefined;
  print(value: T): unknown;
}

export interface Field<T> {
  /** The key in JSON. */
  readonly key: string;
  readonly codec: Codec<T>;
  readonly optional: boolean;
}

/** One field of JSON for each property. */
export type Fields<T> = {
  readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>>;
};

export const text: Codec<string> = {
  read: (json) => (typeof json === "string" ? json : undefined),
  print: (value) => value,
};

export const flag: Codec<boolean> = {
  read: (json) => (typeof json === "boolean" ? json : undefined),
  print: (value) => value,
};

/** A number; one beyond 2^53 comes as its digits, and its last ones are rounded. */
export const count: Codec<number> = {
  read: (json) => {
    if (typeof json === "number") return json;
    return typeof json === "string" && /^\d{16,20}$/.test(json) ? Number(json) : undefined;
  },
  print: (value) => value,
};

/** An array of texts, or one text alone. */
export const texts: Codec<readonly string[]> = {
  read: (json) => (typeof json === "string" ? [json] : listOf(text).read(json)),
  print: (values) => values,
};

/** As `texts`; one alone is printed without its array, as nft does. */
export const textOrTexts: Codec<readonly string[]> = {
  read: texts.read,
  print: (values) => (values.length === 1 ? values[0] : values),
};

/** One of these words. */
export function word<T extends string>(...words: readonly T[]): Codec<T> {
  return { read: (json) => words.find((each) => each === json), print: (value) => value };
}

export function listOf<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    read: (json) => {
      if (!Array.isArray(json)) return undefined;
      const values: T[] = [];
      for (const each of json) {
        const value = item.read(each);
        if (value === undefined) return undefined;
        values.push(value);
      }
      return values;
    },
    print: (values) => values.map((value) => item.print(value)),
  };
}

export function required<T>(key: string, codec: Codec<T>): Field<T> {
  return { key, codec, optional: false };
}

export function optional<T>(key: string, codec: Codec<T>): Field<T> {
  return { key, codec, optional: true };
}

/** An object with these keys and no other. */
export function record<T extends object>(fields: Fields<T>): Codec<T>;
export function record(fields: Readonly<Record<string, Field<unknown>>>): Codec<object> {
  const named = Object.entries(fields).map(([name, field]) => ({ name, ...field }));
  const byKey = new Map(named.map((field) => [field.key, field]));
  const most = named.filter((field) => !field.optional).length;
  return {
    read: (json) => {
      if (!isRecord(json)) return undefined;
      const value: Record<string, unknown> = {};
      let missing = most;
      for (const key of Object.keys(json)) {
        const field = byKey.get(key);
        const read = field?.codec.read(json[key]);
        if (field === undefined || read === undefined) return undefined;
        value[field.name] = read;
        if (!field.optional) missing -= 1;
      }
      return missing === 0 ? value : undefined;
    },
    print: (value) => {
      const properties = new Map(Object.entries(value));
      return Object.fromEntries(
        named.flatMap(({ name, key, codec }) => {
          const property = properties.get(name);
          return property === undefined ? [] : [[key, codec.print(property)]];
        }),
      );
    },
  };
}

/** A value alone, under the name of its one property: `"c1"` for `{ name: "c1" }`. */
export function bare<K extends string, V>(
  name: K,
  codec: Codec<V>,
): Codec<{ readonly [P in K]: V }>;
export function bare(name: string, codec: Codec<unknown>): Codec<object> {
  return {
    read: (json) => {
      const value = codec.read(json);
      return value === undefined ? undefined : { [name]: value };
    },
    print: (value) => codec.print(new Map(Object.entries(value)).get(name)),
  };
}

/** An object whose keys are all optional, which nft prints as null when it would be empty. */
export function orNull<T extends object>(fields: Fields<T>): Codec<T>;
export function orNull(fields: Readonly<Record<string, Field<unknown>>>): Codec<object> {
  const filled: Codec<object> = record(fields);
  return {
    read: (json) => (json === null ? {} : isEmpty(json) ? undefined : filled.read(json)),
    print: (value) => {
      const json = filled.print(value);
      return isEmpty(json) ? null : json;
    },
  };
}

function isEmpty(json: unknown): boolean {
  return isRecord(json) && Object.keys(json).length === 0;
}

/** `null`, for what its name says all of. */
export const nothing: Codec<object> = {
  read: (json) => (json === null ? {} : undefined),
  print: () => null,
};

interface Tagged {
  readonly kind: string;
}

/** For each kind of a union the key in JSON and how its value is read: `{ "meta": { "key": "mark" } }`. */
export type Alternatives<U extends Tagged> = {
  readonly [K in U["kind"]]: Alternative<Omit<Extract<U, { readonly kind: K }>, "kind">>;
};

export interface Alternative<T> {
  readonly key: string;
  readonly body: Codec<T>;
}

/** An object with one key, which says what it is; where two kinds share a key, the first that fits. */
export function oneOf<U extends Tagged>(alternatives: Alternatives<U>): Codec<U>;
export function oneOf(alternatives: Readonly<Record<string, Alternative<unknown>>>): Codec<Tagged> {
  const all = Object.entries(alternatives).map(([kind, each]) => ({ kind, ...each }));
  const byKey = Map.groupBy(all, ({ key }) => key);
  return {
    read: (json) => {
      if (!isRecord(json)) return undefined;
      const [key, ...others] = Object.keys(json);
      if (key === undefined || others.length > 0) return undefined;
      for (const { kind, body } of byKey.get(key) ?? []) {
        const value = body.read(json[key]);
        if (typeof value === "object") return { kind, ...value };
      }
      return undefined;
    },
    print: (value) => {
      const same = all.filter(({ kind }) => kind === value.kind);
      return Object.fromEntries(same.map(({ key, body }) => [key, body.print(value)]));
    },
  };
}

export function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
