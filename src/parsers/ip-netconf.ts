import { z } from "zod";
import type { LinkSettings } from "../model/sysctl.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined } from "./support/defined.ts";
import { onOffSchema } from "./support/iproute-fields.ts";
import { readJsonList } from "./support/json.ts";

/** rp_filter in the words of iproute2 (ip/ipnetconf.c). */
const reversePathFilters = { off: 0, strict: 1, loose: 2 } as const;

const settingsEntry = z.object({
  family: z.string(),
  interface: z.string().optional(),
  forwarding: onOffSchema.optional(),
  rp_filter: z.enum(["off", "strict", "loose"]).optional(),
  ignore_routes_with_linkdown: onOffSchema.optional(),
});

/** `ip -j netconf`: settings per link of both families, with `all` and `default` as links. Other families are passed over. */
export function parseIpNetconf(text: string): Parsed<readonly LinkSettings[]> {
  const list = readJsonList(text, settingsEntry);
  return list.ok ? parsed(list.value.flatMap(settingsOf)) : list;
}

function settingsOf(entry: z.infer<typeof settingsEntry>): readonly LinkSettings[] {
  if (entry.family !== "inet" && entry.family !== "inet6") return [];
  if (entry.interface === undefined) return [];
  const filter = entry.rp_filter;
  return [
    defined({
      family: entry.family === "inet" ? "ipv4" : "ipv6",
      ifname: entry.interface,
      forwarding: entry.forwarding,
      reversePathFilter: filter === undefined ? undefined : reversePathFilters[filter],
      ignoresRoutesWithLinkdown: entry.ignore_routes_with_linkdown,
    }),
  ];
}
