import { z } from "zod";
import { evidence, remedy } from "./report-schema.ts";
import { fate, leg } from "./trace-schema.ts";

const topic = z.enum(["state", "network", "name", "path", "listener", "size"]);

const finding = z.object({
  kind: z.enum([
    ...(["container-not-running", "container-paused", "no-network", "no-shared-network"] as const),
    ...(["name-not-known", "name-of-another", "name-of-several", "dns-not-asked"] as const),
    "embedded-dns-broken",
    ...(["upstream-dns-unreachable", "path-blocked", "answer-blocked", "ends-elsewhere"] as const),
    ...(["nothing-listens", "listens-on-loopback", "listens-on-other-address"] as const),
    ...(["listens-with-other-protocol", "link-too-small", "tunnel-too-small"] as const),
  ]),
  topic,
  message: z.string(),
  evidence: z.array(evidence),
  remedy: remedy.exactOptional(),
  check: z
    .string()
    .exactOptional()
    .describe("check of doctor that found the cause; with its remedy the packet passes"),
});

/** What `docknet why --format json` prints. */
export const whySchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal("docknet"), version: z.string() }),
  host: z.object({
    hostname: z.string(),
    kernel: z.string(),
    distribution: z.string().exactOptional(),
  }),
  takenAt: z.string(),
  question: z.object({
    from: z.string(),
    to: z.string(),
    protocol: z.enum(["tcp", "udp", "icmp"]),
    family: z.enum(["ipv4", "ipv6"]).exactOptional(),
  }),
  outcome: z.enum(["broken", "fine", "unsure"]),
  sentence: z.string(),
  causes: z.array(finding).describe("what certainly stops it, the first one first"),
  suspects: z.array(finding).describe("what can stop it and need not"),
  notes: z.array(finding).describe("what does not stop it and is worth a word"),
  seen: z.array(z.object({ topic, text: z.string() })),
  unknown: z.array(z.object({ topic, text: z.string(), isNeeded: z.boolean() })),
  elsewhere: z.array(z.string()).describe("where it is fine: what else it can be"),
  trace: z
    .object({ fate, sentence: z.string(), command: z.string(), legs: z.array(leg) })
    .exactOptional(),
});
