import { z } from "zod";

const family = z.enum(["ipv4", "ipv6"]);
const protocol = z.enum(["tcp", "udp", "icmp"]);
const count = z.int().nonnegative();
const port = z.int().min(0).max(65_535);
/** What becomes of a packet. */
export const fate = z.enum(["delivered", "dropped", "rejected", "misdelivered", "unsure"]);

const packet = z.object({
  family,
  source: z.string(),
  destination: z.string(),
  protocol,
  sourcePort: port.exactOptional(),
  destinationPort: port.exactOptional(),
  icmpType: count.exactOptional(),
  icmpCode: count.exactOptional(),
  sizeBytes: count.exactOptional(),
  ttl: count.exactOptional(),
  dscp: count.exactOptional(),
  mayFragment: z.literal(true).exactOptional(),
  ctState: z.enum(["NEW", "ESTABLISHED"]),
  ctDirection: z.enum(["ORIGINAL", "REPLY"]),
  vni: count.exactOptional(),
});

/** Each kind has fields of its own, as src/model/packet.ts names them; `text` beside it says the same in one line. */
const element = z.looseObject({ kind: z.string() });

const step = z.object({
  at: z.string(),
  text: z.string(),
  verdict: z.string(),
  owner: z.string().exactOptional(),
  counters: z.object({ packets: count, bytes: count }).exactOptional(),
  element,
});

const hop = z.object({
  name: z.string(),
  from: z.string(),
  to: z.string().exactOptional(),
  came: packet,
  left: packet.exactOptional(),
  translated: z.array(z.string()),
  mtuBytes: count.exactOptional(),
  mtuLeftBytes: z.int().exactOptional(),
  steps: z.array(step),
});

const way = z.object({
  fate,
  endedIn: z.string(),
  element: element.exactOptional(),
  text: z.string().exactOptional(),
  owner: z.string().exactOptional(),
  arrival: z.string().exactOptional(),
  hops: z.array(hop),
});

/** One connection, there and back. */
export const leg = z.object({ title: z.string(), request: way, reply: way.exactOptional() });

/** What `docknet trace --format json` prints. */
export const traceSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal("docknet"), version: z.string() }),
  host: z.object({
    hostname: z.string(),
    kernel: z.string(),
    distribution: z.string().exactOptional(),
  }),
  takenAt: z.string(),
  question: z
    .object({
      from: z.string(),
      to: z.string(),
      protocol,
      family,
      source: z.string(),
      destination: z.string(),
      destinationPort: port.exactOptional(),
      sizeBytes: count.exactOptional(),
    })
    .exactOptional(),
  fate,
  sentence: z.string(),
  notes: z.array(z.string()),
  legs: z.array(leg),
});
