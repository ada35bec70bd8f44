/** What is counted or runs out by itself, and what no walk reads: rules' and links' counters, lifetimes of addresses and routes. */
const passing: ReadonlySet<string> = new Set([
  ...["counters", "statistics"],
  ...["expiresSeconds", "validForSeconds", "preferredForSeconds"],
]);

/** Whether two facts decide alike: equal in all but what passes. Plain JSON on both sides. */
export function isSameButCounters(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one)) return Array.isArray(other) && isSameList(one, other);
  if (!isRecord(one) || !isRecord(other) || Array.isArray(other)) return false;
  let held = 0;
  for (const key in one) {
    if (passing.has(key)) continue;
    if (!(key in other) || !isSameButCounters(one[key], other[key])) return false;
    held += 1;
  }
  for (const key in other) {
    if (!passing.has(key)) held -= 1;
  }
  return held === 0;
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return (
    one.length === other.length &&
    one.every((value, index) => isSameButCounters(value, other[index]))
  );
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null;
}
