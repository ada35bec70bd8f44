import { z } from "zod";
import { familyOf } from "../model/ip.ts";
import type { Link, LinkAddress, OperState } from "../model/link.ts";
import { addressFlags } from "./iproute/address-text.ts";
import {
  detailsOf,
  linkInfoSchema,
  linkStatisticsOf,
  masterPortOf,
  statisticsSchema,
} from "./iproute/link-details.ts";
import { linkTexts } from "./iproute/link-text.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined } from "./support/defined.ts";
import { addressSchema } from "./support/iproute-fields.ts";
import { readJsonList } from "./support/json.ts";
import { validEntries } from "./support/text-entries.ts";

const operStates: Readonly<Record<string, OperState>> = {
  UP: "up",
  DOWN: "down",
  UNKNOWN: "unknown",
  DORMANT: "dormant",
  LOWERLAYERDOWN: "lower-layer-down",
  TESTING: "testing",
  NOTPRESENT: "not-present",
};

const addressEntry = z.looseObject({
  local: addressSchema,
  address: addressSchema.optional(),
  prefixlen: z.number(),
  scope: z.string(),
  valid_life_time: z.number().optional(),
  preferred_life_time: z.number().optional(),
});

/** Addresses of other families (MCTP and the like) are none of ours. */
const addressList = z
  .array(z.looseObject({ family: z.string().optional() }))
  .transform((entries) => entries.filter(({ family }) => family === "inet" || family === "inet6"))
  .pipe(z.array(addressEntry));

const linkEntry = z.object({
  ifindex: z.number(),
  ifname: z.string(),
  link: z.string().nullish(),
  link_index: z.number().optional(),
  link_netnsid: z.number().optional(),
  flags: z.array(z.string()),
  mtu: z.number(),
  operstate: z.string(),
  master: z.string().optional(),
  link_type: z.string().optional(),
  address: z.string().optional(),
  altnames: z.array(z.string()).optional(),
  ifalias: z.string().optional(),
  linkinfo: linkInfoSchema.optional(),
  stats64: statisticsSchema.optional(),
  addr_info: addressList.optional(),
});

type LinkEntry = z.infer<typeof linkEntry>;
type AddressEntry = z.infer<typeof addressEntry>;

/** `ip -j -d addr`: links with their addresses. */
export function parseIpAddr(text: string): Parsed<readonly Link[]> {
  const list = readJsonList(text, linkEntry);
  return list.ok ? parsed(linksOf(list.value)) : list;
}

/** `ip addr` or `ip link` as text, with or without `-d` and `-s`. */
export function parseIpAddrText(text: string): Parsed<readonly Link[]> {
  const read = linkTexts(text);
  if (!read.ok) return read;
  const list = validEntries(read.entries, linkEntry);
  return list.ok ? parsed(linksOf(list.value.map(({ entry }) => entry)), read.ignored) : list;
}

function linksOf(entries: readonly LinkEntry[]): readonly Link[] {
  const indexes = new Map(entries.map((entry) => [entry.ifname, entry.ifindex]));
  return entries.map((entry) => linkOf(entry, indexes));
}

function linkOf(entry: LinkEntry, indexes: ReadonlyMap<string, number>): Link {
  // A peer in another namespace has no name here: iproute2 prints `if7` or only its index.
  const elsewhere = entry.link_netnsid !== undefined;
  const peerIfname = elsewhere ? undefined : (entry.link ?? undefined);
  return defined({
    ifindex: entry.ifindex,
    ifname: entry.ifname,
    linkKind: entry.linkinfo?.info_kind,
    flags: entry.flags,
    adminUp: entry.flags.includes("UP"),
    carrier: entry.flags.includes("LOWER_UP") && !entry.flags.includes("NO-CARRIER"),
    operState: operStates[entry.operstate] ?? "unknown",
    mtuBytes: entry.mtu,
    // Tunnels have an IP address here, and loopback has zeros: neither is a MAC address.
    mac: entry.link_type === "ether" ? entry.address?.toLowerCase() : undefined,
    master: entry.master,
    peerIfindex: entry.link_index ?? indexes.get(peerIfname ?? ""),
    peerIfname,
    peerNetnsId: entry.link_netnsid,
    alternativeNames: entry.altnames ?? [],
    alias: entry.ifalias,
    addresses: (entry.addr_info ?? []).map(addressOf),
    details: detailsOf(entry.linkinfo),
    masterPort: masterPortOf(entry.linkinfo),
    statistics: linkStatisticsOf(entry.stats64),
  });
}

function addressOf(entry: AddressEntry): LinkAddress {
  return defined({
    family: familyOf(entry.local),
    address: entry.local,
    prefixLength: entry.prefixlen,
    scope: scopeOf(entry.scope),
    peer: entry.address === entry.local ? undefined : entry.address,
    flags: addressFlags.filter((flag) => entry[flag] === true),
    validForSeconds: secondsOf(entry.valid_life_time),
    preferredForSeconds: secondsOf(entry.preferred_life_time),
  });
}

/** INFINITY_LIFE_TIME */
const forEver = 0xffffffff;

function secondsOf(lifetime: number | undefined): number | undefined {
  return lifetime === forEver ? undefined : lifetime;
}

function scopeOf(scope: string): LinkAddress["scope"] {
  switch (scope) {
    case "global":
    case "link":
    case "host":
    case "site":
      return scope;
    default:
      return "other";
  }
}
