import type { NftExpression } from "../../../model/nft-rule.ts";
import {
  compareValues,
  constantOf,
  isBits,
  keyOfValue,
  prefixEnds,
  type Reading,
  type Value,
  type ValueType,
} from "./values.ts";

/** An element of a set (`data` is true), or of a map. */
export interface SetEntry<T> {
  readonly key: NftExpression;
  readonly data: T;
}

/** What a set says of a key: its data, that it has none, or that docknet cannot tell. */
export type Found<T> =
  | { readonly state: "found"; readonly data: T }
  | { readonly state: "missing" }
  | { readonly state: "unsure" };

export type Lookup<T> = (readings: readonly Reading[]) => Found<T>;

/** What one part of a key may be: first and last value, or the beginning of a link's name. */
type Part =
  | { readonly kind: "range"; readonly from: Value; readonly to: Value }
  | { readonly kind: "beginning"; readonly text: string };

interface Element<T> {
  readonly parts: readonly Part[];
  readonly data: T;
  /** It holds a limit, a quota or a count of connections: whether it matches is not known. */
  readonly stateful: boolean;
}

interface Elements<T> {
  readonly exact: ReadonlyMap<string | number, Element<T>>;
  /** Sorted by the first value; they do not overlap. */
  readonly ranges: readonly Element<T>[];
  /** Asked one after the other. */
  readonly others: readonly Element<T>[];
  readonly catchAll: Element<T> | undefined;
  /** Elements that docknet does not understand. */
  readonly unread: boolean;
}

const missing = { state: "missing" } as const;
const unsure = { state: "unsure" } as const;

/**
 * A set or a map made ready to be asked (nf_tables: hash, rbtree and pipapo give the same answers): single values by a hash, ranges
 * by halving, concatenations of ranges one by one. Elements with a timeout count while they are there.
 */
export function compileSet<T>(
  entries: readonly SetEntry<T>[],
  types: readonly ValueType[],
): Lookup<T> {
  const elements = sorted(entries, types);
  return (readings) => ask(elements, readings);
}

function sorted<T>(entries: readonly SetEntry<T>[], types: readonly ValueType[]): Elements<T> {
  const exact = new Map<string | number, Element<T>>();
  const ranges: Element<T>[] = [];
  const others: Element<T>[] = [];
  let catchAll: Element<T> | undefined;
  let unread = false;
  for (const { key: written, data } of entries) {
    const { key, stateful } = unwrapped(written);
    if (typeof key === "object" && key.kind === "any") {
      catchAll = { parts: [], data, stateful };
      continue;
    }
    const parts = partsOf(key, types);
    if (parts === undefined) {
      unread = true;
      continue;
    }
    const element: Element<T> = { parts, data, stateful };
    const single = keyOfParts(parts);
    if (single !== undefined) exact.set(single, element);
    else if (parts.length === 1 && parts[0]?.kind === "range") ranges.push(element);
    else others.push(element);
  }
  ranges.sort((a, b) => compareValues(firstOf(a), firstOf(b)));
  return { exact, ranges, others, catchAll, unread };
}

function firstOf<T>({ parts: [part] }: Element<T>): Value {
  return part?.kind === "range" ? part.from : 0;
}

function unwrapped(key: NftExpression): {
  readonly key: NftExpression;
  readonly stateful: boolean;
} {
  if (typeof key !== "object" || key.kind !== "element") return { key, stateful: false };
  const { value, limit, quota, ctCount } = key;
  return { key: value, stateful: (limit ?? quota ?? ctCount) !== undefined };
}

function partsOf(key: NftExpression, types: readonly ValueType[]): readonly Part[] | undefined {
  const items = typeof key === "object" && key.kind === "concat" ? key.items : [key];
  if (items.length !== types.length) return undefined;
  const parts: Part[] = [];
  for (const [at, item] of items.entries()) {
    const part = partOf(item, types[at] ?? "number");
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts;
}

/** A single value, a prefix or a range. */
export function partOf(expression: NftExpression, type: ValueType): Part | undefined {
  if (typeof expression === "object" && expression.kind === "prefix") {
    const base = constantOf(expression.address, type);
    const ends = base === undefined ? undefined : prefixEnds(base, expression.length);
    return ends && { kind: "range", from: ends[0], to: ends[1] };
  }
  if (typeof expression === "object" && expression.kind === "range") {
    const from = constantOf(expression.from, type);
    const to = constantOf(expression.to, type);
    return from === undefined || to === undefined ? undefined : { kind: "range", from, to };
  }
  const value = constantOf(expression, type);
  if (value === undefined) return undefined;
  if (type === "link-name" && typeof value === "string") return linkPart(value);
  return { kind: "range", from: value, to: value };
}

/** `eth*`: every link whose name begins so; `\*` is a real asterisk. */
function linkPart(name: string): Part {
  if (name.endsWith("\\*")) {
    const real = `${name.slice(0, -2)}*`;
    return { kind: "range", from: real, to: real };
  }
  if (name.endsWith("*")) return { kind: "beginning", text: name.slice(0, -1) };
  return { kind: "range", from: name, to: name };
}

/** The key of an element of single values. */
function keyOfParts(parts: readonly Part[]): string | number | undefined {
  const values: Value[] = [];
  for (const part of parts) {
    if (part.kind !== "range" || compareValues(part.from, part.to) !== 0) return undefined;
    values.push(part.from);
  }
  return keyOfValues(values);
}

function keyOfValues(values: readonly Value[]): string | number {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return keyOfValue(only);
  return JSON.stringify(values);
}

function ask<T>(elements: Elements<T>, readings: readonly Reading[]): Found<T> {
  const values: Value[] = [];
  for (const reading of readings) {
    if (reading === undefined) return missing;
    if (isBits(reading)) return askUnknown(elements, readings);
    values.push(reading);
  }
  const found = find(elements, values);
  if (found !== undefined) return answerOf(found);
  if (elements.unread) return unsure;
  return elements.catchAll === undefined ? missing : answerOf(elements.catchAll);
}

function find<T>(elements: Elements<T>, values: readonly Value[]): Element<T> | undefined {
  return (
    elements.exact.get(keyOfValues(values)) ??
    between(elements.ranges, values[0] ?? 0) ??
    elements.others.find(({ parts }) => parts.every((part, at) => isIn(part, values[at] ?? 0)))
  );
}

function answerOf<T>({ data, stateful }: Element<T>): Found<T> {
  return stateful ? unsure : { state: "found", data };
}

/** The last range that begins at or before the value. */
function between<T>(ranges: readonly Element<T>[], value: Value): Element<T> | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range !== undefined && compareValues(firstOf(range), value) <= 0) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low - 1];
  const [part] = range?.parts ?? [];
  return part !== undefined && isIn(part, value) ? range : undefined;
}

export function isIn(part: Part, value: Value): boolean {
  if (part.kind === "beginning") return typeof value === "string" && value.startsWith(part.text);
  return compareValues(part.from, value) <= 0 && compareValues(value, part.to) <= 0;
}

/** Part of the key is not known: what agrees in the rest of it may be the one. */
function askUnknown<T>(elements: Elements<T>, readings: readonly Reading[]): Found<T> {
  if (elements.unread || elements.catchAll !== undefined) return unsure;
  for (const list of [elements.exact.values(), elements.ranges, elements.others]) {
    for (const { parts } of list) {
      if (parts.every((part, at) => mayBeIn(part, readings[at]))) return unsure;
    }
  }
  return missing;
}

/** What is known of the bits decides for single values; a range may hold any. */
function mayBeIn(part: Part, reading: Reading): boolean {
  if (reading === undefined) return false;
  if (!isBits(reading)) return isIn(part, reading);
  if (part.kind !== "range" || typeof part.from !== "number" || part.from !== part.to) return true;
  return ((part.from ^ reading.value) & ~reading.unknown) === 0;
}
