import { z } from "zod";

/** Each kind has fields of its own, as src/model/packet.ts names them; `text` beside it says the same in one line. */
const element = z.looseObject({ kind: z.string() });

const promiseFate = z.object({
  state: z.enum(["kept", "degraded", "failed", "unsure"]),
  fate: z.enum(["dropped", "rejected", "misdelivered"]).exactOptional(),
  element: element.exactOptional(),
  text: z.string().exactOptional(),
  owner: z.string().exactOptional(),
});

const side = z.object({
  host: z.object({
    hostname: z.string(),
    kernel: z.string(),
    distribution: z.string().exactOptional(),
  }),
  takenAt: z.string(),
});

/** What `docknet diff --format json` prints. */
export const diffSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal("docknet"), version: z.string() }),
  before: side,
  after: side,
  promises: z.int().nonnegative(),
  changes: z.array(
    z.object({
      change: z.enum([
        "broken",
        "weakened",
        "mended",
        "strengthened",
        "other-cause",
        "unsure-now",
        "certain-now",
        "gone",
        "new",
      ]),
      id: z.string(),
      kind: z.enum(["egress", "egress-reply", "publish", "publish-reply", "swarm-port"]),
      title: z.string(),
      before: promiseFate.exactOptional(),
      after: promiseFate.exactOptional(),
    }),
  ),
  notes: z.array(z.string()),
});
