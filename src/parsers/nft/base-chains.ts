import type { BaseChainShape } from "../../model/nft-iptables.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { entryList } from "./entry-list.ts";
import { entry } from "./objects.ts";

/**
 * What hangs on hooks in `nft -j list chains`, which is short where the ruleset is long. What is no entry of nft's is told as an
 * ignored line, placed by its position in the list.
 */
export function parseNftBaseChains(text: string): Parsed<readonly BaseChainShape[]> {
  const list = entryList(text);
  if (!list.ok) return list;
  const read = list.value.map((json) => entry.read(json));
  const unread = list.value.flatMap((json, index) => {
    const reason = "not an entry that nft lists";
    return read[index] === undefined
      ? [{ line: index + 1, text: JSON.stringify(json), reason }]
      : [];
  });
  return parsed(read.flatMap(baseChain), unread);
}

function baseChain(read: ReturnType<typeof entry.read>): readonly BaseChainShape[] {
  if (read?.kind !== "chain") return [];
  const { family, table, name, chainType, hook, priority } = read;
  if (chainType === undefined || hook === undefined || priority === undefined) return [];
  return [{ family, table, name, chainType, hook, priority }];
}
