import type { Facts } from "../model/facts.ts";
import { addressWords, type Family } from "../model/ip.ts";
import type { Element } from "../model/packet.ts";
import { compileFib } from "./walk/fib.ts";
import { lookUpRoute } from "./walk/routing.ts";

type RouteFacts = Pick<Facts, "routes" | "routingRules" | "linkSettings" | "routeSightings">;

/**
 * Families in which the kernel routes otherwise than docknet's model of its routes and rules: nothing that the model says of their packets
 * is certain then.
 */
export function contradictedRouting(facts: RouteFacts): ReadonlyMap<Family, Element> {
  const fib = compileFib(facts.routes, facts.routingRules, { linkSettings: facts.linkSettings });
  const found = new Map<Family, Element>();
  for (const { family, destination, answer } of facts.routeSightings) {
    const words = addressWords(destination) ?? [];
    const source = words.map(() => 0);
    const model = lookUpRoute(fib, family, { destination: words, source, mark: 0 });
    if (model.kind === "unsure") continue;
    const modelled = model.kind === "unicast" ? `by ${model.outputLink}` : model.kind;
    const seen = answer.kind === "unicast" ? `by ${answer.outputLink}` : answer.kind;
    if (modelled === seen) continue;
    const text = `the kernel routes ${destination} ${seen} (ip route get), and by its routes and rules it would be ${modelled}`;
    found.set(family, { kind: "not-modelled", text });
  }
  return found;
}
