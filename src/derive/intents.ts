import type { Facts } from "../model/facts.ts";
import type { Attempt, Intent } from "../model/intent.ts";
import { type Address, addressWords } from "../model/ip.ts";
import type { Packet } from "../model/packet.ts";
import { fullPrefix } from "./full-prefix.ts";
import { type Attachment, isMasqueraded, runningContainers, wayOut } from "./promises.ts";
import { publishIntents } from "./publish-intents.ts";
import { swarmIntents } from "./swarm-intents.ts";
import { type Uplink, uplinks } from "./uplinks.ts";
import { compileFib, type Fib } from "./walk/fib.ts";
import { lookUpRoute } from "./walk/routing.ts";

/** Facts that say what Docker promised, and where the outside is. */
export type IntentFacts = Pick<
  Facts,
  | "dockerDaemon"
  | "dockerNetworks"
  | "containers"
  | "daemonOptions"
  | "swarmNodes"
  | "links"
  | "routes"
  | "routingRules"
  | "rulesets"
  | "sockets"
>;

/** Port of the outside that a container opens a connection to, and the one that it opens it from. */
const serverPort = 443;
const clientPort = 40_000;

/** Every promise that this version judges, from the API's facts alone. */
export function intentsOf(facts: IntentFacts): readonly Intent[] {
  if (facts.dockerDaemon.state !== "running") return [];
  return [...egressIntents(facts), ...publishIntents(facts), ...swarmIntents(facts)];
}

/** Container → outside, and the answer to it. */
function egressIntents(facts: IntentFacts): readonly Intent[] {
  const outside = [...uplinks(facts, "ipv4"), ...uplinks(facts, "ipv6")];
  const fib = compileFib(facts.routes, facts.routingRules);
  return runningContainers(facts)
    .flatMap((container) => wayOut(facts, container))
    .flatMap((attachment) =>
      outside
        .filter(({ family }) => family === attachment.family)
        .flatMap((uplink) =>
          egressPair(facts, attachment, { uplink, server: serverOf(fib, attachment, uplink) }),
        ),
    );
}

/**
 * Who stands for the outside by an uplink: the far address where it is routed that way (a neighbour in its place would hide what
 * stops all others), else the neighbour.
 */
function serverOf(fib: Fib, attachment: Attachment, uplink: Uplink): Address {
  const [first] = uplink.outside;
  const found = uplink.outside.find((server) => {
    const answer = lookUpRoute(fib, attachment.family, {
      destination: addressWords(server) ?? [],
      source: addressWords(attachment.address) ?? [],
      inLink: attachment.bridge,
      mark: 0,
    });
    return answer.kind !== "unicast" || answer.outputLink === uplink.ifname;
  });
  return found ?? first;
}

function egressPair(
  facts: IntentFacts,
  attachment: Attachment,
  { uplink, server }: { readonly uplink: Uplink; readonly server: Address },
): readonly Intent[] {
  const { container, network, bridge, family, address, gateway } = attachment;
  const translated = isMasqueraded(facts, network, family);
  const place = `${container.name}@${network.name}/${family}/${uplink.ifname}`;
  const base = { family, networkId: network.id, bridge, containerName: container.name };
  const out: Attempt = {
    entry: { kind: "link", ifname: bridge },
    packet: {
      family,
      source: address,
      destination: server,
      protocol: "tcp",
      sourcePort: clientPort,
      destinationPort: serverPort,
      ctState: "NEW",
      ctDirection: "ORIGINAL",
    },
    ...(gateway === undefined ? {} : { viaGateway: gateway }),
    expect: { kind: "leaves", sourceTranslated: translated },
  };
  const back: Attempt = {
    entry: { kind: "link", ifname: uplink.ifname },
    packet: replyPacket({
      family,
      source: server,
      destination: translated ? uplink.hostAddress : address,
    }),
    connection: {
      original: {
        source: address,
        destination: server,
        sourcePort: clientPort,
        destinationPort: serverPort,
      },
      ...(translated ? { backTo: address } : {}),
    },
    expect: {
      kind: "reaches-container",
      bridges: [bridge],
      targets: fullPrefix(address),
      proxyServes: false,
    },
  };
  const who = `container ${container.name} (network ${network.name})`;
  return [
    {
      ...base,
      id: `egress:${place}`,
      kind: "egress",
      title: `${who} to the outside by ${uplink.ifname}`,
      attempts: [out],
    },
    {
      ...base,
      id: `egress-reply:${place}`,
      kind: "egress-reply",
      title: `answers from the outside by ${uplink.ifname} to ${who}`,
      attempts: [back],
    },
  ];
}

function replyPacket(so: Pick<Packet, "family" | "source" | "destination">): Packet {
  return {
    ...so,
    protocol: "tcp",
    sourcePort: serverPort,
    destinationPort: clientPort,
    ctState: "ESTABLISHED",
    ctDirection: "REPLY",
  };
}
