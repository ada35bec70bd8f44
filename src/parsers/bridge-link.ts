import { z } from "zod";
import type { BridgePort } from "../model/bridge.ts";
import type { IgnoredLine } from "../model/facts.ts";
import { portTexts } from "./iproute/port-text.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { onOffSchema } from "./support/iproute-fields.ts";
import { readJsonList } from "./support/json.ts";
import { validEntries } from "./support/text-entries.ts";

const portEntry = z.object({
  ifname: z.string(),
  flags: z.array(z.string()),
  mtu: z.number(),
  master: z.string().optional(),
  state: z.enum(["disabled", "listening", "learning", "forwarding", "blocking"]).optional(),
  hairpin: onOffSchema.optional(),
  isolated: onOffSchema.optional(),
});

/** `bridge -j -d link`: the ports of every bridge. It prints `[]` where there are none. */
export function parseBridgeLink(text: string): Parsed<readonly BridgePort[]> {
  const list = readJsonList(text, portEntry);
  return list.ok ? portsOf(list.value.map((entry) => ({ line: 1, entry }))) : list;
}

/** `bridge link` or `bridge -d link` as text; without `-d`, hairpin mode and isolation are not shown and read as off. */
export function parseBridgeLinkText(text: string): Parsed<readonly BridgePort[]> {
  const read = portTexts(text);
  if (!read.ok) return read;
  const list = validEntries(read.entries, portEntry);
  return list.ok ? portsOf(list.value) : list;
}

function portsOf(
  entries: readonly { readonly line: number; readonly entry: z.infer<typeof portEntry> }[],
): Parsed<readonly BridgePort[]> {
  const ports: BridgePort[] = [];
  const ignored: IgnoredLine[] = [];
  for (const { line, entry } of entries) {
    const { ifname, master, state } = entry;
    // iproute2 5.10 lists the bridges too, each as its own master.
    if (master === ifname) continue;
    if (master === undefined || state === undefined) {
      ignored.push({ line, text: ifname, reason: "it has no bridge, or no state as its port" });
      continue;
    }
    ports.push({
      ifname,
      bridge: master,
      portState: state,
      adminUp: entry.flags.includes("UP"),
      carrier: entry.flags.includes("LOWER_UP") && !entry.flags.includes("NO-CARRIER"),
      mtuBytes: entry.mtu,
      hairpinMode: entry.hairpin ?? false,
      isolated: entry.isolated ?? false,
    });
  }
  return parsed(ports, ignored);
}
