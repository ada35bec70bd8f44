import { unparsable } from "../../model/failure.ts";
import { parseAddress } from "../../model/ip.ts";
import type { Neighbour, NudState } from "../../model/route.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { fieldsOf, linesOf, quoted } from "../support/lines.ts";

/** ATF_* of linux/if_arp.h */
const flag = { complete: 0x2, permanent: 0x4, published: 0x8 } as const;

/** /proc/net/arp: neighbours of IPv4, whose state is not told more closely than complete, permanent or neither. */
export function parseProcArp(text: string): Parsed<readonly Neighbour[]> {
  const [header, ...lines] = linesOf(text);
  if (header === undefined || !header.text.startsWith("IP address")) {
    return { ok: false, failure: unparsable("found no column names of /proc/net/arp", 1) };
  }
  const neighbours: Neighbour[] = [];
  for (const { number, text: line } of lines) {
    const [ip = "", , flags = "", mac = "", , ifname] = fieldsOf(line);
    const address = parseAddress(ip);
    if (address === undefined || ifname === undefined || !/^0x[0-9a-f]+$/.test(flags)) {
      const what = `found ${quoted(line)} where a neighbour stands`;
      return { ok: false, failure: unparsable(what, number) };
    }
    const bits = Number(flags);
    neighbours.push(
      defined({
        family: "ipv4",
        address,
        ifname,
        mac: (bits & flag.complete) === 0 ? undefined : mac.toLowerCase(),
        nudState: nudStateOf(bits),
        flags: (bits & flag.published) === 0 ? [] : ["proxy"],
      }),
    );
  }
  return parsed(neighbours);
}

/** A complete entry may be reachable or stale: only netlink tells. */
function nudStateOf(bits: number): NudState | undefined {
  if ((bits & flag.permanent) !== 0) return "permanent";
  return (bits & flag.complete) === 0 ? "incomplete" : undefined;
}
