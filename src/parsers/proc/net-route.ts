import type { IgnoredLine } from "../../model/facts.ts";
import { unparsable } from "../../model/failure.ts";
import { type Address, type Prefix, parsePrefix } from "../../model/ip.ts";
import type { Route } from "../../model/route.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { fieldsOf, linesOf } from "../support/lines.ts";
import { procIpv4, procIpv6 } from "./proc-address.ts";

/** RTF_* of linux/route.h and linux/ipv6_route.h */
const flag = {
  up: 0x1,
  gateway: 0x2,
  reject: 0x200,
  anycast: 0x100000,
  cache: 0x1000000,
  local: 0x80000000,
} as const;

/** /proc/net/route: the IPv4 routes of the table main, the local and broadcast ones apart. */
export function parseProcRoute(text: string): Parsed<readonly Route[]> {
  const [header, ...lines] = linesOf(text);
  if (header === undefined || !header.text.startsWith("Iface")) {
    return { ok: false, failure: unparsable("found no column names of /proc/net/route", 1) };
  }
  return eachRow(lines, ([dev, destination, gateway, flags = "", , , metric, mask]) => {
    const bits = Number.parseInt(flags, 16);
    const prefix = prefixOf(procIpv4(destination ?? ""), lengthOf(procIpv4(mask ?? "")));
    const via = procIpv4(gateway ?? "");
    if (prefix === undefined || via === undefined || !/^\d+$/.test(metric ?? "")) return undefined;
    return routeOf({ prefix, via, bits, dev: dev ?? "", metric: Number(metric) });
  });
}

/** /proc/net/ipv6_route: routes of all tables without saying of which; those to the namespace's own addresses are of `local`. */
export function parseProcIpv6Route(text: string): Parsed<readonly Route[]> {
  return eachRow(linesOf(text), (fields) => {
    const [destination, length, , sourceLength, gateway, metric = "", , , flags = "", dev] = fields;
    const prefix = prefixOf(procIpv6(destination ?? ""), Number.parseInt(length ?? "", 16));
    const via = procIpv6(gateway ?? "");
    const bits = Number.parseInt(flags, 16);
    if (prefix === undefined || via === undefined || dev === undefined) return undefined;
    // The end of the list, the one that answers where there is no route, and copies for one destination.
    const isNone = (bits & flag.reject) !== 0 && metric === "ffffffff";
    if (isNone || (bits & flag.cache) !== 0 || sourceLength !== "00") return [];
    return routeOf({ prefix, via, bits, dev, metric: Number.parseInt(metric, 16) });
  });
}

interface RouteRow {
  readonly prefix: Prefix;
  readonly via: Address;
  readonly bits: number;
  readonly dev: string;
  readonly metric: number;
}

function routeOf({ prefix, via, bits, dev, metric }: RouteRow): readonly Route[] {
  // The kernel sets this flag on the routes to its own addresses too.
  const isDeadEnd = (bits & flag.reject) !== 0 && (bits & flag.local) === 0;
  const type = isDeadEnd ? "unreachable" : typeOf(prefix, bits);
  const isOwn = type === "local" || type === "anycast" || type === "multicast";
  const hop = defined({
    gateway: (bits & flag.gateway) === 0 ? undefined : via,
    outputLink: dev,
    flags: [],
  });
  return [
    defined({
      family: prefix.family,
      type,
      destination: prefix,
      routeTable: isOwn ? "local" : "main",
      nextHops: isDeadEnd ? [] : [hop],
      metric: metric === 0 ? undefined : metric,
      flags: [],
    }),
  ];
}

function typeOf({ address, family }: Prefix, bits: number): Route["type"] {
  if ((bits & flag.local) !== 0) return "local";
  if (family === "ipv6" && address.startsWith("ff")) return "multicast";
  return (bits & flag.anycast) === 0 ? "unicast" : "anycast";
}

function eachRow(
  lines: readonly { readonly number: number; readonly text: string }[],
  read: (fields: readonly string[]) => readonly Route[] | undefined,
): Parsed<readonly Route[]> {
  const ignored: IgnoredLine[] = [];
  const routes = lines.flatMap(({ number, text }) => {
    const found = read(fieldsOf(text));
    if (found === undefined) ignored.push({ line: number, text, reason: "it is no route" });
    return found ?? [];
  });
  return parsed(routes, ignored);
}

function prefixOf(address: Address | undefined, length: number | undefined): Prefix | undefined {
  if (address === undefined || length === undefined) return undefined;
  return parsePrefix(`${address}/${length}`);
}

/** 255.255.0.0 → 16 */
function lengthOf(mask: Address | undefined): number | undefined {
  return mask
    ?.split(".")
    .map((byte) => Number(byte).toString(2).padStart(8, "0"))
    .join("")
    .replace(/0+$/, "").length;
}
