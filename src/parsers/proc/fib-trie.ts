import { parsePrefix } from "../../model/ip.ts";
import type { Route } from "../../model/route.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { linesOf } from "../support/lines.ts";

/**
 * /proc/net/fib_trie: the IPv4 destinations that are the namespace's own, as routes of the table local without their link, which
 * this file does not tell. Both its tables may hold them (the kernel shares one trie until a rule parts them): each counts once.
 */
export function parseFibTrie(text: string): Parsed<readonly Route[]> {
  const own = new Map<string, Route>();
  let leaf = "";
  for (const { text: line } of linesOf(text)) {
    leaf = /^\s*\|-- (\S+)$/.exec(line)?.[1] ?? leaf;
    const [, length] = /^\s*\/(\d{1,2}) host LOCAL/.exec(line) ?? [];
    const destination = length === undefined ? undefined : parsePrefix(`${leaf}/${length}`);
    if (destination === undefined) continue;
    own.set(`${leaf}/${length}`, {
      family: "ipv4",
      type: "local",
      destination,
      routeTable: "local",
      nextHops: [],
      flags: [],
    });
  }
  return parsed([...own.values()]);
}
