import { z } from "zod";
import type { IgnoredLine } from "../model/facts.ts";
import { type Family, familyOf, parsePrefix, prefixText } from "../model/ip.ts";
import type { NextHop, Route, RouteType } from "../model/route.ts";
import { routeTexts } from "./iproute/route-text.ts";
import { type Parsed, type Parser, parsed } from "./parsed.ts";
import { defined } from "./support/defined.ts";
import { addressSchema } from "./support/iproute-fields.ts";
import { readJsonList } from "./support/json.ts";
import { validEntries } from "./support/text-entries.ts";

const routeTypes: ReadonlyMap<string, RouteType> = new Map(
  (
    [
      "unicast",
      "local",
      "broadcast",
      "multicast",
      "anycast",
      "blackhole",
      "unreachable",
      "prohibit",
      "throw",
      "nat",
    ] as const
  ).map((type) => [type, type]),
);

const hopFields = {
  gateway: addressSchema.optional(),
  /** A gateway of the other family (RTA_VIA). */
  via: z.object({ host: addressSchema }).optional(),
  dev: z.string().optional(),
  flags: z.array(z.string()).default([]),
} as const;

const routeEntry = z.object({
  ...hopFields,
  type: z.string().default("unicast"),
  dst: z.string(),
  from: z.string().optional(),
  tos: z.union([z.string(), z.number()]).optional(),
  nhid: z.number().optional(),
  /** RTA_ENCAP_TYPE; its settings have keys of the same names as the route's. */
  encap: z.string().optional(),
  table: z.union([z.string(), z.number()]).default("main"),
  prefsrc: addressSchema.optional(),
  metric: z.number().optional(),
  protocol: z.union([z.string(), z.number()]).optional(),
  scope: z.union([z.string(), z.number()]).optional(),
  /** RTA_PREF; every IPv6 route has it, no IPv4 route does. */
  pref: z.string().optional(),
  /** As text, `599sec` or `-2sec`. */
  expires: z.union([z.number(), z.string()]).optional(),
  metrics: z.array(z.object({ mtu: z.number().optional() })).default([]),
  nexthops: z.array(z.object({ ...hopFields, weight: z.number().optional() })).optional(),
});

type RouteEntry = z.infer<typeof routeEntry>;

/**
 * `ip -j route show table all` or `ip -j -6 route show table all`. The former lists routes of both families: those of the other
 * one are passed over, because the other question tells them.
 */
export function ipRouteParser(family: Family): Parser<readonly Route[]> {
  return parsers[family];
}

/** Always the same two: what a parser made of a text is remembered by the parser. */
const parsers: Readonly<Record<Family, Parser<readonly Route[]>>> = {
  ipv4: (text) => parseRoutes(text, "ipv4"),
  ipv6: (text) => parseRoutes(text, "ipv6"),
};

function parseRoutes(text: string, family: Family): Parsed<readonly Route[]> {
  const list = readJsonList(text, routeEntry);
  if (!list.ok) return list;
  const own = list.value.filter((entry) => entryFamily(entry) === family);
  return routesOf(own.map((entry) => ({ line: 1, entry })));
}

/**
 * `ip -j route` of any family, or of both: each route says its own. A default route may have nothing that tells it: then it is of
 * the family that is given, or else of IPv4.
 */
export function parseIpRoute(text: string, otherwise?: Family): Parsed<readonly Route[]> {
  const list = readJsonList(text, routeEntry);
  if (!list.ok) return list;
  return routesOf(
    list.value.map((entry) => ({ line: 1, entry })),
    otherwise,
  );
}

/** `ip route`, `ip -6 route`, with or without `-d` and `table all`, as text. */
export function parseIpRouteText(text: string, otherwise?: Family): Parsed<readonly Route[]> {
  const read = routeTexts(text);
  if (!read.ok) return read;
  const list = validEntries(read.entries, routeEntry);
  if (!list.ok) return list;
  const { value, ignored } = routesOf(list.value, otherwise);
  return parsed(value, [...ignored, ...read.ignored]);
}

interface PlacedEntry {
  readonly line: number;
  readonly entry: RouteEntry;
}

function routesOf(
  entries: readonly PlacedEntry[],
  otherwise?: Family,
): Extract<Parsed<readonly Route[]>, { readonly ok: true }> {
  const routes: Route[] = [];
  const ignored: IgnoredLine[] = [];
  for (const { line, entry } of entries) {
    const outcome = routeOf(entry, entryFamily(entry, otherwise));
    if (outcome.route !== undefined) routes.push(outcome.route);
    else ignored.push({ line, text: entryText(entry), reason: outcome.reason });
  }
  return { ok: true, value: routes, ignored };
}

function entryFamily(entry: RouteEntry, otherwise: Family = "ipv4"): Family {
  if (entry.dst !== "default") return familyOf(entry.dst);
  if (entry.pref !== undefined) return "ipv6";
  const [hop] = entry.nexthops ?? [];
  const address = entry.gateway ?? entry.prefsrc ?? hop?.gateway;
  return address === undefined ? otherwise : familyOf(address);
}

function routeOf(
  entry: RouteEntry,
  family: Family,
): { readonly route: Route } | { readonly route?: never; readonly reason: string } {
  const type = routeTypes.get(entry.type);
  if (type === undefined) return { reason: `route type "${entry.type}" is not known` };
  if (entry.encap !== undefined) return { reason: "routes that encapsulate are not modelled" };
  if (entry.tos !== undefined) return { reason: "routes for one type of service are not modelled" };
  // `ip -6 route get` says that the route is for every source.
  if (entry.from !== undefined && entry.from !== "::")
    return { reason: "routes for one source are not modelled" };
  const everything = family === "ipv4" ? "0.0.0.0/0" : "::/0";
  const destination = parsePrefix(entry.dst === "default" ? everything : entry.dst);
  if (destination === undefined) return { reason: "its destination is not a prefix" };
  const nextHops = nextHopsOf(entry);
  if (nextHops.length === 0 && entry.nhid !== undefined) {
    return { reason: `only the id ${entry.nhid} of its next hop is shown` };
  }
  return {
    route: defined({
      family,
      type,
      destination,
      routeTable: String(entry.table),
      nextHops,
      preferredSource: entry.prefsrc,
      metric: entry.metric,
      protocol: textOf(entry.protocol),
      scope: textOf(entry.scope),
      mtuBytes: entry.metrics.find(({ mtu }) => mtu !== undefined)?.mtu,
      expiresSeconds: secondsOf(entry.expires),
      flags: entry.flags,
    }),
  };
}

/** Types of routes that lead nowhere; the kernel names lo for those of IPv6. */
const deadEnds: ReadonlySet<string> = new Set(["blackhole", "unreachable", "prohibit", "throw"]);

function nextHopsOf(entry: RouteEntry): readonly NextHop[] {
  if (deadEnds.has(entry.type)) return [];
  const hops = entry.nexthops ?? [{ ...entry, weight: undefined }];
  return hops
    .map((hop) =>
      defined({
        gateway: hop.gateway ?? hop.via?.host,
        outputLink: hop.dev,
        flags: hop.flags,
        weight: hop.weight,
      }),
    )
    .filter((hop) => hop.gateway !== undefined || hop.outputLink !== undefined);
}

function secondsOf(value: string | number | undefined): number | undefined {
  if (typeof value !== "string") return value;
  return /^-?\d{1,10}sec$/.test(value) ? Number(value.slice(0, -3)) : undefined;
}

function textOf(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function entryText(entry: RouteEntry): string {
  const prefix = parsePrefix(entry.dst);
  return `${entry.type} ${prefix === undefined ? entry.dst : prefixText(prefix)} table ${entry.table}`;
}
