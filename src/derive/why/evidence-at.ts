import type { Evidence } from "../../model/finding.ts";
import type { Element } from "../../model/packet.ts";
import { elementEvidence } from "../evidence.ts";
import { hostPlace } from "../path/world.ts";
import { inNamespace, rulesetsAt, type WhyHost } from "./why-host.ts";

/** What shows an element, asked in the namespace where it is. */
export function evidenceAt(host: WhyHost, place: string, element: Element): Evidence {
  const told = elementEvidence(element, rulesetsAt(host, place));
  const evidence: Evidence = isMacvlan(element)
    ? { ...told, source: { kind: "command", argv: ["ip", "-d", "link", "show", element.ifname] } }
    : told;
  const { source } = evidence;
  if (place === hostPlace || source.kind !== "command" || source.netns !== undefined)
    return evidence;
  return { ...evidence, source: { ...source, netns: place } };
}

/** No port of a bridge, though it stops frames as one does. */
export function isMacvlan(
  element: Element,
): element is Extract<Element, { readonly kind: "port" }> {
  return element.kind === "port" && element.problem.includes("macvlan");
}

/** Sockets of a namespace, as a person sees them. */
export function socketsQuery(place: string): Evidence["source"] {
  return inNamespace(place, ["ss", "-lntu"]);
}
