import type { DockerNetwork } from "../../model/docker.ts";
import type { Evidence } from "../../model/finding.ts";
import type { TraceWay } from "../../model/trace/trace-report.ts";
import type { WhyFinding } from "../../model/why/why-report.ts";
import { isOnHost } from "./networks.ts";
import { byDesign, plainRemedy } from "./path-remedy.ts";
import type { Sides } from "./sides.ts";
import type { WhyHost } from "./why-host.ts";

/** Somebody else has the packet: by a translation, by a route, or because a host does not reach the macvlan containers on its own link. */
export function endsElsewhere(so: {
  readonly trace: WhyHost["trace"];
  readonly sides: Sides;
  readonly what: string;
  readonly way: TraceWay;
}): WhyFinding {
  const { trace, sides, what, way } = so;
  const where = way.arrival ?? way.endedIn;
  const network = macvlanOf(trace, sides);
  if (network !== undefined)
    return {
      kind: "ends-elsewhere",
      topic: "path",
      message: `${what} go ${where} and do not come there: ${network.name} is a ${network.driver} network, and the host that holds its link does not reach its containers`,
      evidence: [
        {
          source: { kind: "command", argv: ["docker", "network", "inspect", network.name] },
          text: `driver ${network.driver}, parent ${network.parent ?? "of Docker's own"}`,
        },
      ],
      remedy: plainRemedy(byDesign, []),
    };
  const translated = way.hops.flatMap((hop) =>
    hop.translated.map((text): Evidence => ({ source: natQuery, text })),
  );
  const routes = way.hops.flatMap(({ steps }) =>
    steps.flatMap(({ element, text }): readonly Evidence[] =>
      element.kind === "route" ? [{ source: routeQuery, text }] : [],
    ),
  );
  return {
    kind: "ends-elsewhere",
    topic: "path",
    message: `${what} end elsewhere: ${where}`,
    evidence: translated.length > 0 ? translated : routes,
    remedy: plainRemedy(
      "Look at the way, hop by hop, for the translation or the route that leads there",
      ["docknet doctor"],
    ),
  };
}

const natQuery = { kind: "command", argv: ["iptables-save", "-t", "nat"] } as const;
const routeQuery = {
  kind: "command",
  argv: ["ip", "route", "show", "table", "all"],
} as const;
/** The host, or a container on its network, asks for a container on a network of the host's own link. */
function macvlanOf(
  { dockerNetworks }: WhyHost["trace"],
  { from, to }: Sides,
): DockerNetwork | undefined {
  const isHost = from.kind === "host" || (from.kind === "container" && isOnHost(from.owner));
  if (!isHost || to.kind !== "container") return undefined;
  const ids = to.owner.endpoints.map(({ networkId }) => networkId);
  return dockerNetworks.find(
    ({ id, driver }) => ids.includes(id) && (driver === "macvlan" || driver === "ipvlan"),
  );
}
