import type { Element } from "../../model/packet.ts";
import type { CompiledNetns } from "./compile.ts";
import type { InFlight } from "./in-flight.ts";
import { type PossibleRoutes, possibleRoutes } from "./routing.ts";

/** The routes of a packet that a socket of this namespace sends. */
export function routeOut(
  netns: Pick<CompiledNetns, "fib">,
  flight: InFlight,
  mark: number | undefined,
): PossibleRoutes {
  const { sender, packet } = flight;
  return possibleRoutes(netns.fib, flight.family, {
    destination: flight.destinationWords,
    source: flight.sourceWords,
    mark,
    packet,
    ...(sender?.boundLink === undefined ? {} : { outLink: sender.boundLink }),
    ...(sender?.uid === undefined ? {} : { uid: sender.uid }),
  });
}

/** Where no route is left for what a chain made of a local packet, it ends there, and the chains behind are not asked. */
export function refusedAgain(
  netns: Pick<CompiledNetns, "fib">,
  flight: InFlight,
  before: InFlight["routeAgain"],
): { readonly fate: "dropped"; readonly element: Element } | undefined {
  const { routeAgain } = flight;
  if (routeAgain === undefined || routeAgain === before) return undefined;
  const [first, ...others] = routeOut(netns, flight, routeAgain.mark).answers;
  if (first.kind !== "refused" || others.length > 0) return undefined;
  return { fate: "dropped", element: first.element };
}
