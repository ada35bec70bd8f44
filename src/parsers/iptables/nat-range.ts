import type { NatRange, PortRange } from "../../model/netfilter.ts";
import { plainAddress } from "./addresses.ts";
import { portRange } from "./numbers.ts";

/**
 * `192.0.2.1`, `192.0.2.1-192.0.2.9:80-90`, `:80`, `2001:db8::1`, `[2001:db8::1]:80`. Undefined for what is none of these, such as
 * a shifted port range (`:3000-3010/2000`).
 */
export function natRange(text: string): NatRange | undefined {
  const colon = portColon(text);
  if (colon === text.length) return addressRange(text, undefined);
  const ports = portRange(text.slice(colon + 1), "-");
  if (ports === undefined) return undefined;
  return colon === 0 ? { ports } : addressRange(text.slice(0, colon), ports);
}

/** Where the colon before the ports is; the length of the text when there are none. */
function portColon(text: string): number {
  const bracket = text.lastIndexOf("]");
  const first = text.indexOf(":", Math.max(bracket, 0));
  const isPort = first >= 0 && (bracket >= 0 || text.indexOf(":", first + 1) < 0);
  return isPort ? first : text.length;
}

function addressRange(text: string, ports: PortRange | undefined): NatRange | undefined {
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  const dash = bare.indexOf("-");
  const from = plainAddress(dash < 0 ? bare : bare.slice(0, dash));
  const to = dash < 0 ? from : plainAddress(bare.slice(dash + 1));
  if (from === undefined || to === undefined) return undefined;
  return ports === undefined ? { from, to } : { from, to, ports };
}
