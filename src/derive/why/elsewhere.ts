import { publishers } from "../trace/packet-of.ts";
import type { Asked } from "./send.ts";
import type { Side, Sides } from "./sides.ts";
import type { WhyHost } from "./why-host.ts";

/** What else it can be where the network of this host lets everything pass. */
export function elsewhereOf(
  host: WhyHost,
  { from, to }: Sides,
  so: Asked & { readonly destination: string | undefined },
): readonly string[] {
  const asking = nameOf(from);
  return [
    ...trial({ from, to }, so),
    `what ${asking} asks for in truth: the name, the port and the protocol in its configuration`,
    ...(to.kind === "outside"
      ? ["what is beyond this host: docknet looks at this host only"]
      : [applicationText(applicationOf(host, to, so))]),
    "the moment: docknet looks at now, and what was broken for a while leaves no trace here",
  ];
}

/** How a person tries it by hand. */
function trial(
  { from, to }: Sides,
  { protocol, destination }: Asked & { readonly destination: string | undefined },
): readonly string[] {
  const { port } = to.endpoint;
  const target = to.kind === "container" ? (to.named ?? destination) : destination;
  const isStandIn = to.kind === "outside" && !to.isAddress;
  if (from.kind !== "container" || port === undefined || target === undefined || isStandIn)
    return [];
  const name = from.container.name;
  const flags = protocol === "udp" ? "-uvz" : "-vz";
  return [`try it where ${name} runs: docker exec ${name} nc ${flags} ${target} ${port}`];
}

/** The container whose application has the port. */
function applicationOf({ trace }: WhyHost, to: Side, { protocol, family }: Asked) {
  if (to.kind === "container") return to.container.name;
  const { port } = to.endpoint;
  const [published] = publishers(trace, { protocol, family: family ?? "ipv4", port });
  return published?.container.name;
}

function applicationText(container: string | undefined): string {
  return container === undefined
    ? "the application that listens there: its log, credentials, TLS, a limit on connections"
    : `the application in ${container}: its log (docker logs ${container}), credentials, TLS, a limit on connections`;
}

function nameOf(side: Side): string {
  return side.kind === "container" ? side.container.name : side.label;
}
