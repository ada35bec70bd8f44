import { type AddressWords, maskWord } from "../../model/ip.ts";

/** Values by prefix: those that contain an address are found without a look at the others. */
export interface PrefixIndex<T> {
  /** Prefix lengths that occur, the longest first. */
  readonly lengths: readonly number[];
  readonly byLength: ReadonlyMap<number, ReadonlyMap<string | number, readonly T[]>>;
}

export interface PrefixEntry<T> {
  /** Words of the prefix's address. */
  readonly words: AddressWords;
  readonly length: number;
  readonly value: T;
}

/** Values of equal prefixes keep their order. */
export function prefixIndex<T>(entries: readonly PrefixEntry<T>[]): PrefixIndex<T> {
  const byLength = new Map<number, Map<string | number, T[]>>();
  for (const { words, length, value } of entries) {
    const buckets = byLength.get(length) ?? new Map<string | number, T[]>();
    const key = keyOf(words, length);
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [value]);
    else bucket.push(value);
    byLength.set(length, buckets);
  }
  return { lengths: [...byLength.keys()].sort((a, b) => b - a), byLength };
}

/** Values whose prefix contains the address, the longest prefix first; one list for each prefix. */
export function containing<T>(
  index: PrefixIndex<T>,
  words: AddressWords,
): readonly (readonly T[])[] {
  const found: (readonly T[])[] = [];
  for (const length of index.lengths) {
    const bucket = index.byLength.get(length)?.get(keyOf(words, length));
    if (bucket !== undefined) found.push(bucket);
  }
  return found;
}

/** The first `length` bits; those of the two families never meet. */
function keyOf(words: AddressWords, length: number): string | number {
  const [first = 0] = words;
  if (words.length === 1) return (first & maskWord(length, 0)) >>> 0;
  return words.map((word, at) => (word & maskWord(length, at)) >>> 0).join(":");
}
