import { z } from "zod";
import type { IgnoredLine } from "../model/facts.ts";
import type { Netns } from "../model/netns.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined } from "./support/defined.ts";
import { readJsonList } from "./support/json.ts";
import { linesOf } from "./support/lines.ts";

const netnsEntry = z.object({ name: z.string(), id: z.number().optional() });

/** `ip -j netns list`. It prints nothing at all where /run/netns does not exist. */
export function parseIpNetns(text: string): Parsed<readonly Netns[]> {
  if (text.trim() === "") return parsed([]);
  const list = readJsonList(text, netnsEntry);
  return list.ok ? parsed(list.value.map(netnsOf)) : list;
}

/** `ip netns list` as text: `blue (id: 0)`, or the name alone. */
export function parseIpNetnsText(text: string): Parsed<readonly Netns[]> {
  const names: Netns[] = [];
  const ignored: IgnoredLine[] = [];
  for (const line of linesOf(text)) {
    // iproute2 puts no quotes around a name, which may hold spaces.
    const [, name = "", id] = /^(.*?)(?: \(id: (-?\d{1,10})\))?$/.exec(line.text.trimEnd()) ?? [];
    if (name === "" || name.includes("/")) {
      ignored.push({ line: line.number, text: line.text, reason: "it is no name of a namespace" });
    } else names.push(netnsOf(id === undefined ? { name } : { name, id: Number(id) }));
  }
  return parsed(names, ignored);
}

function netnsOf(entry: z.infer<typeof netnsEntry>): Netns {
  return defined({
    path: `/run/netns/${entry.name}`,
    name: entry.name,
    origin: "ip-netns",
    // -1 (NETNSA_NSID_NOT_ASSIGNED) says that this namespace has no number for it.
    netnsId: entry.id === -1 ? undefined : entry.id,
  });
}
