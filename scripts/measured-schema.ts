import { z } from "zod";

const family = z.enum(["ipv4", "ipv6"]);
const count = z.int().nonnegative();
const intentState = z.enum(["kept", "degraded", "failed", "unsure"]);

/** The optional part of the report's readings: lists and sums for metrics. */
export const measured = {
  addressPools: z
    .array(z.object({ network: z.string(), family, size: z.number(), used: z.number() }))
    .exactOptional(),
  paths: z
    .array(
      z.object({
        kind: z.enum(["egress", "egress-reply", "publish", "publish-reply", "swarm-port"]),
        state: intentState,
        paths: count,
      }),
    )
    .exactOptional(),
  publishedPorts: z
    .array(z.object({ protocol: z.string(), state: intentState, ports: count }))
    .exactOptional(),
  conntrack: z
    .object({
      entries: count,
      limit: count,
      drops: z
        .object({ tableFull: count, insertFailed: count, earlyDrop: count, chainTooLong: count })
        .exactOptional(),
    })
    .exactOptional(),
  neighbourTables: z
    .array(z.object({ family, entries: count.exactOptional(), limit: count.exactOptional() }))
    .exactOptional(),
  reversePathFiltered: count.exactOptional(),
  netns: z
    .object({
      container: count,
      overlay: count,
      "load-balancer": count,
      ingress: count,
      other: count,
      named: count,
    })
    .exactOptional(),
};
