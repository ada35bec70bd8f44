/**
 * The entries of a list of nft or of what loads it, without what differs between two namespaces (handles, metainfo, times that run
 * out), in an order that does not depend on how they were loaded. Rules keep theirs.
 */
export function nftEntries(json: string): readonly string[] {
  const { nftables }: { readonly nftables: readonly unknown[] } = JSON.parse(withDigits(json));
  const entries = nftables.map((entry) => JSON.stringify(comparable(unwrapped(entry))));
  const rules = entries.filter((entry) => entry.startsWith('{"rule"'));
  const others = entries.filter((entry) => !/^\{"(?:rule|metainfo)"/.test(entry));
  return [...others.sort(), ...rules];
}

/** Numbers that JavaScript would round, as texts of their digits. */
export function withDigits(json: string): string {
  return json.replaceAll(/(?<=: )\d{17,}(?=\D)/g, '"$&"');
}

function unwrapped(entry: unknown): unknown {
  return typeof entry === "object" && entry !== null && "add" in entry ? entry.add : entry;
}

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).filter(([key]) => key !== "handle" && key !== "expires");
  return Object.fromEntries(
    pairs.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, comparable(each)]),
  );
}
