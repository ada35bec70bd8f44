import { z } from "zod";
import { unparsable } from "../../model/failure.ts";
import type { RouteSighting } from "../../model/routing/route-sighting.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { addressSchema } from "../support/iproute-fields.ts";
import { readJsonList } from "../support/json.ts";

const entry = z.object({
  type: z.string().default("unicast"),
  gateway: addressSchema.optional(),
  /** A gateway of the other family (RTA_VIA). */
  via: z.object({ host: addressSchema }).optional(),
  dev: z.string().optional(),
});

/** `ip -j route get ADDRESS`: the one route that the kernel takes, or the kind of its refusal. */
export function parseRouteGet(text: string): Parsed<RouteSighting["answer"]> {
  const list = readJsonList(text, entry);
  if (!list.ok) return list;
  const [route, ...others] = list.value;
  if (route === undefined || others.length > 0)
    return { ok: false, failure: unparsable("there is not one route where one was asked for") };
  const { type, gateway, via, dev } = route;
  if (type === "local") return parsed({ kind: "local" });
  if (["unreachable", "blackhole", "prohibit"].includes(type)) return parsed({ kind: "refused" });
  if (type !== "unicast" || dev === undefined)
    return { ok: false, failure: unparsable(`a route of type "${type}" is not known here`) };
  return parsed(defined({ kind: "unicast", outputLink: dev, gateway: gateway ?? via?.host }));
}
