import { z } from "zod";

const port = z.int().min(0).max(65_535);
const level = z.enum(["nobody", "host", "named", "lan", "anyone"]);
/** Each kind has fields of its own, as src/model/packet.ts names them; `text` beside it says the same in one line. */
const element = z.looseObject({ kind: z.string() });

const way = z.object({
  from: z.object({
    kind: z.enum(["far", "neighbour", "named", "host"]),
    link: z.string().exactOptional(),
    address: z.string().exactOptional(),
    prefix: z.string().exactOptional(),
  }),
  outcome: z.enum(["reached", "unanswered", "blocked", "unsure"]),
  by: z.enum(["translation", "docker-proxy", "socket", "routing"]).exactOptional(),
  element: element.exactOptional(),
  text: z.string().exactOptional(),
  owner: z.string().exactOptional(),
});

const claim = z.object({
  manager: z.enum(["ufw", "firewalld"]),
  level,
  perhaps: level.exactOptional(),
  element: element.exactOptional(),
  text: z.string().exactOptional(),
});

const exposedPort = z.object({
  kind: z.enum(["published", "host-network", "ingress"]),
  name: z.string(),
  family: z.enum(["ipv4", "ipv6"]),
  protocol: z.enum(["tcp", "udp", "sctp"]),
  boundTo: z.string(),
  hostPort: port,
  containerPort: port.exactOptional(),
  level,
  perhaps: level.exactOptional(),
  byRoute: level.exactOptional(),
  listens: z.boolean().exactOptional(),
  addresses: z.array(
    z.object({
      address: z.string(),
      of: z.enum(["host", "loopback", "bridge", "container"]),
      port,
      level,
      perhaps: level.exactOptional(),
      ways: z.array(way),
      claims: z.array(claim),
    }),
  ),
});

/** What `docknet exposure --format json` prints. */
export const exposureSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal("docknet"), version: z.string() }),
  host: z.object({
    hostname: z.string(),
    kernel: z.string(),
    distribution: z.string().exactOptional(),
  }),
  takenAt: z.string(),
  ports: z.array(exposedPort),
  managers: z.array(z.object({ name: z.enum(["ufw", "firewalld"]), active: z.boolean() })),
  missedRules: z.array(
    z.object({
      element,
      text: z.string(),
      owner: z.string().exactOptional(),
      why: z.enum(["decided-before", "impossible", "no-jump"]),
      because: element.exactOptional(),
      becauseText: z.string().exactOptional(),
    }),
  ),
  notes: z.array(z.string()),
});
