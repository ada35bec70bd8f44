import { z } from "zod";
import { collectors } from "../src/collectors/index.ts";
import { measured } from "./measured-schema.ts";
import { ruleOwner } from "./rule-owner-schema.ts";

const family = z.enum(["ipv4", "ipv6"]);
const chainFamily = z.enum(["ipv4", "ipv6", "ip", "ip6", "inet", "arp", "bridge", "netdev"]);
const severity = z.enum(["info", "warning", "critical"]);
const area = z.enum(["kernel", "netfilter", "link", "address", "docker", "overlay"]);
const path = z.templateLiteral(["/", z.string()]);
const count = z.int().nonnegative();

const query = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("command"),
    argv: z.tuple([z.string()], z.string()),
    netns: z.string().exactOptional(),
    stdin: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal("file"), path, netns: z.string().exactOptional() }),
  z.object({ kind: z.literal("directory"), path }),
  z.object({ kind: z.literal("docker"), path }),
  z.object({ kind: z.literal("system"), topic: z.literal("memory") }),
]);

const hostBinding = z.object({
  protocol: z.enum(["tcp", "udp", "sctp"]),
  address: z.string(),
  hostPort: count,
});

const subject = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("host") }),
  z.object({ kind: z.literal("sysctl"), key: z.string() }),
  z.object({
    kind: z.literal("link"),
    name: z.string(),
    container: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal("chain"), family: chainFamily, table: z.string(), chain: z.string() }),
  z.object({ kind: z.enum(["network", "container"]), name: z.string() }),
  z.object({ kind: z.literal("published-port"), container: z.string(), binding: hostBinding }),
  z.object({
    kind: z.literal("swarm-port"),
    port: count,
    protocol: z.enum(["tcp", "udp"]),
    peer: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal("route"), prefix: z.string() }),
]);

const message = z.string();
const failure = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("not-found"), message, program: z.string().exactOptional() }),
  z.object({
    kind: z.literal("not-permitted"),
    message,
    capability: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal("timed-out"), message, timeoutMs: z.number() }),
  z.object({
    kind: z.literal("exit"),
    message,
    exitCode: z.int().exactOptional(),
    signal: z.string().exactOptional(),
    stderr: z.string(),
  }),
  z.object({ kind: z.literal("not-recorded"), message }),
  z.object({ kind: z.literal("unparsable"), message, line: count.exactOptional() }),
  z.object({ kind: z.literal("refused"), message }),
  z.object({ kind: z.literal("connection-refused"), message }),
  z.object({
    kind: z.literal("bad-answer"),
    message,
    httpStatus: z.int().exactOptional(),
  }),
]);

/** How to mend a problem. */
export const remedy = z.object({
  summary: z.string(),
  commands: z.array(z.string()).describe("run verbatim, in order, as root"),
  sideEffects: z.string().exactOptional(),
  persistent: z.array(z.string()).describe("how to make it last: text, or commands"),
});

/** What shows a problem, and the question that prints it. */
export const evidence = z.object({
  source: query,
  line: count.exactOptional().describe("line in the answer, from 1"),
  text: z.string(),
  owner: ruleOwner,
});

const finding = z.object({
  check: z.string(),
  fingerprint: z.string().describe("check and subject by names: stable over runs"),
  subject,
  message,
  observed: z.string().exactOptional(),
  expected: z.string().exactOptional(),
  evidence: z.array(evidence),
  severity,
  remedy,
  intents: z.array(z.string()).exactOptional(),
  suppressed: z.boolean(),
  explainedBy: z
    .string()
    .exactOptional()
    .describe("fingerprint of the cause that it folds under; absent = a cause"),
  proof: z.object({ mends: count, of: count }).exactOptional(),
});

const doubt = z.object({
  about: z.string(),
  reason: z.string(),
  nextStep: z.string().exactOptional(),
});

const result = z.discriminatedUnion("status", [
  z.object({ status: z.literal("pass") }),
  z.object({ status: z.literal("not-applicable"), reason: z.string() }),
  z.object({
    status: z.literal("fail"),
    findings: z.tuple([finding], finding),
    doubts: z.array(doubt),
  }),
  z.object({ status: z.literal("unknown"), because: z.array(doubt) }),
  z.object({ status: z.literal("broken"), error: z.string() }),
]);

const factName = z.enum(collectors.map(({ fact }) => fact));

const outcome = z.object({
  check: z.object({
    id: z.string(),
    area,
    title: z.string(),
    passTitle: z.string(),
    severity,
    why: z.string(),
    remedy,
    confirm: z.array(z.string()),
    ignoreWhen: z.string(),
    references: z.tuple([z.string()], z.string()),
  }),
  docsUrl: z.string(),
  requires: z.array(factName),
  result,
  durationMs: z.number().exactOptional(),
});

const ignoredLine = z.object({
  line: count,
  text: z.string(),
  reason: z.string(),
  source: query.exactOptional(),
});

const collector = z.object({
  fact: factName,
  state: z.enum(["known", "absent", "unknown"]),
  durationMs: z.number(),
  ignoredLines: count,
  ignored: z.array(ignoredLine).exactOptional().describe("the first of them"),
  gaps: z.array(z.string()).exactOptional(),
  reason: z.string().exactOptional(),
  failure: failure.exactOptional(),
});

const shortfall = z.object({
  name: z.string(),
  parts: z.array(z.string()),
  reasons: z.array(z.string()),
});

const coverage = z.object({
  facts: z.object({ read: count, of: count }),
  ignoredLines: count,
  missingCapabilities: z.array(z.string()),
  missingPrograms: z.array(z.string()),
  sandboxes: z
    .object({ whole: count, inPart: z.array(shortfall), unreadable: z.array(shortfall) })
    .exactOptional(),
});

const readings = z.object({
  ...measured,
  docker: z
    .object({
      version: z.string(),
      apiVersion: z.string(),
      engine: z
        .string()
        .exactOptional()
        .describe("what kind of engine it is, where it is not a plain one"),
      firewallBackend: z.string().exactOptional(),
      swarmRole: z.enum(["none", "manager", "worker"]),
      swarmState: z.string(),
    })
    .exactOptional(),
  dockerState: z.enum(["running", "stopped", "not-installed", "unknown"]),
  iptablesBackend: z.enum(["nf_tables", "legacy", "mixed", "none", "unknown"]),
  containersRunning: count.exactOptional(),
  containersTotal: count.exactOptional(),
  networks: count.exactOptional(),
  forwarding: z.object({ ipv4: z.boolean().exactOptional(), ipv6: z.boolean().exactOptional() }),
  sysctls: z.record(z.string(), z.string()),
  chains: z.array(
    z.object({
      family,
      backend: z.string(),
      table: z.string(),
      chain: z.string(),
      policy: z.string().exactOptional(),
      rules: count,
      droppedPackets: z.number(),
      droppedBytes: z.number(),
    }),
  ),
  bridges: z.array(
    z.object({
      device: z.string(),
      network: z.string(),
      adminUp: z.boolean(),
      ports: count,
      mtuBytes: count,
    }),
  ),
  networkReadings: z.array(
    z.object({
      name: z.string(),
      id: z.string(),
      driver: z.string(),
      scope: z.string(),
      internal: z.boolean(),
      subnet: z.string(),
      containers: count,
    }),
  ),
  swarmPorts: z.array(
    z.object({
      protocol: z.enum(["tcp", "udp"]),
      port: count,
      listening: z.boolean().exactOptional(),
      allowed: z.boolean().exactOptional(),
    }),
  ),
  intents: z.object({ kept: count, degraded: count, failed: count, unsure: count }),
  namespaces: count.exactOptional(),
  memory: z.object({ totalBytes: z.number(), availableBytes: z.number() }).exactOptional(),
});

const summary = z.object({
  status: z.enum(["ok", "warning", "critical", "unknown"]),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  counts: z.object({
    pass: count,
    fail: count,
    "not-applicable": count,
    unknown: count,
    broken: count,
  }),
  findings: z.object({ info: count, warning: count, critical: count }),
  suppressed: count,
  causes: z.array(z.string()).describe("fingerprints of the causes, worst first"),
});

/** The Report of `docknet doctor --format json`. A test holds it equal to the type. */
export const reportSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal("docknet"), version: z.string() }),
  host: z.object({
    hostname: z.string(),
    kernel: z.string(),
    distribution: z.string().exactOptional(),
  }),
  takenAt: z.string().describe("ISO 8601 in UTC"),
  durationMs: z.number(),
  torn: z.boolean(),
  moving: z.array(z.string()).describe("containers and networks that changed while docknet looked"),
  summary,
  outcomes: z.array(outcome),
  collectors: z.array(collector),
  coverage,
  readings,
});
