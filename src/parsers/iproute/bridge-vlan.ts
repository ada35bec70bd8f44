import { z } from "zod";
import type { VlanMembership } from "../../model/bridge.ts";
import type { IgnoredLine } from "../../model/facts.ts";
import { unparsable } from "../../model/failure.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { readJsonList } from "../support/json.ts";
import { linesOf, quoted } from "../support/lines.ts";
import { isJson } from "../support/text-entries.ts";

const vlanEntry = z.object({
  vlan: z.number(),
  vlanEnd: z.number().optional(),
  flags: z.array(z.string()).default([]),
});

const portEntry = z.object({ ifname: z.string(), vlans: z.array(vlanEntry).default([]) });

/** A VLAN or a range, then its flags; older iproute2 has tabs. */
const vlanText = /^(\d{1,4})(?:-(\d{1,4}))?((?: PVID| Egress Untagged)*)$/;

/**
 * `bridge vlan` or `bridge -j vlan`: one row a VLAN and port, the port on its first row only. Nothing, a header or `[]` where no
 * bridge filters VLANs.
 */
export function parseBridgeVlan(text: string): Parsed<readonly VlanMembership[]> {
  return isJson(text) ? parseJson(text) : parseText(text);
}

function parseJson(text: string): Parsed<readonly VlanMembership[]> {
  const list = readJsonList(text, portEntry);
  if (!list.ok) return list;
  return parsed(
    list.value.flatMap(({ ifname, vlans }) =>
      vlans.map(({ vlan, vlanEnd, flags }) =>
        defined({
          ifname,
          vlanId: vlan,
          lastVlanId: vlanEnd,
          pvid: flags.includes("PVID"),
          egressUntagged: flags.includes("Egress Untagged"),
        }),
      ),
    ),
  );
}

function parseText(text: string): Parsed<readonly VlanMembership[]> {
  const [header, ...lines] = linesOf(text);
  if (header === undefined) return parsed([]);
  if (!/^port\s+vlan/.test(header.text)) {
    const message = `line ${header.number}: found ${quoted(header.text)} where "port vlan-id" stands`;
    return { ok: false, failure: unparsable(message, header.number) };
  }
  const vlans: VlanMembership[] = [];
  const ignored: IgnoredLine[] = [];
  let ifname: string | undefined;
  for (const line of lines) {
    const [named = ""] = line.text.split(/\s/, 1);
    if (named !== "") ifname = named;
    const words = line.text.slice(named.length).trim().replaceAll(/\s+/g, " ");
    // A port without VLANs.
    if (named !== "" && (words === "None" || words === "")) continue;
    const vlan = ifname === undefined ? undefined : membershipOf(ifname, words);
    if (vlan !== undefined) vlans.push(vlan);
    else ignored.push({ line: line.number, text: line.text, reason: "it is no VLAN of a port" });
  }
  return parsed(vlans, ignored);
}

function membershipOf(ifname: string, row: string): VlanMembership | undefined {
  const [, first, last, flags = ""] = vlanText.exec(row) ?? [];
  if (first === undefined) return undefined;
  return defined({
    ifname,
    vlanId: Number(first),
    lastVlanId: last === undefined ? undefined : Number(last),
    pvid: flags.includes("PVID"),
    egressUntagged: flags.includes("Egress Untagged"),
  });
}
