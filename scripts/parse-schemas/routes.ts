import { z } from "zod";
import { address, count, family, flag, kinds, maybe, prefix, text, texts } from "./basics.ts";

const nextHop = z.object({
  gateway: maybe(address),
  outputLink: maybe(text),
  flags: texts,
  weight: maybe(count),
});

export const routes = z.array(
  z.object({
    family,
    type: z.enum([
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
    ]),
    destination: prefix,
    routeTable: text,
    nextHops: z.array(nextHop),
    preferredSource: maybe(address),
    metric: maybe(count),
    protocol: maybe(text),
    scope: maybe(text),
    mtuBytes: maybe(count),
    expiresSeconds: maybe(z.int()).describe("until the kernel drops it; negative = overdue"),
    flags: texts,
  }),
);

const action = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("lookup"), routeTable: text }),
  z.object({ kind: kinds("blackhole", "unreachable", "prohibit", "nop") }),
  z.object({ kind: z.literal("goto"), priority: count }),
  z.object({ kind: z.literal("unrecognised"), text }),
]);

export const routingRules = z.array(
  z.object({
    family,
    priority: count,
    inverted: flag,
    source: maybe(prefix),
    destination: maybe(prefix),
    inLink: maybe(text),
    outLink: maybe(text),
    mark: maybe(count),
    markMask: maybe(count),
    suppressPrefixLength: maybe(count),
    action,
    unrecognised: texts.describe("selectors that are not modelled, verbatim"),
  }),
);

export const neighbours = z.array(
  z.object({
    family,
    address,
    ifname: maybe(text),
    mac: maybe(text),
    nudState: maybe(
      z.enum([
        "incomplete",
        "reachable",
        "stale",
        "delay",
        "probe",
        "failed",
        "noarp",
        "permanent",
      ]),
    ),
    flags: texts,
  }),
);

export const namespaces = z.array(
  z.object({
    path: text,
    name: text,
    origin: z.enum(["ip-netns", "docker"]),
    netnsId: maybe(z.int()),
  }),
);

export const sysctls = z.record(z.string(), z.string());

export const listeningSockets = z.array(
  z.object({
    protocol: z.enum(["tcp", "udp"]),
    address: maybe(address).describe("absent = every address of both families"),
    port: count,
    boundLink: maybe(text),
    processes: z.array(z.object({ name: text, pid: count })),
  }),
);

export const conntrackCounters = z.array(
  z.object({
    cpu: count,
    entries: maybe(count),
    found: count,
    invalid: count,
    insertFailed: count,
    dropped: count,
    earlyDropped: count,
    errors: count,
    searchRestarts: count,
    clashesResolved: maybe(count),
    chainsTooLong: maybe(count),
    others: z.record(z.string(), count).describe("counters in the kernel's words"),
  }),
);

export const resolverConfig = z.object({
  nameservers: texts,
  search: texts,
  options: texts,
  sortList: texts,
  docker: maybe(
    z.object({
      externalServers: z.array(z.object({ address: text, fromHost: flag })),
      basedOn: maybe(text),
      resolverMode: maybe(text),
      overrides: texts,
    }),
  ),
});
