import { elementEvidence, elementText, ofOwner } from "../../derive/evidence.ts";
import { judgedFactNames, judgedIntents } from "../../derive/judged-intents.ts";
import { type SwarmPort, swarmPorts } from "../../derive/swarm-intents.ts";
import { isForeign, isOpenToPeers } from "../../derive/swarm-listeners.ts";
import { doubtsOf } from "../../derive/verdict-over-intents.ts";
import type { Facts } from "../../model/facts.ts";
import { type Doubt, notApplicable, type Problem, pass, type Remedy } from "../../model/finding.ts";
import type { JudgedIntent } from "../../model/intent.ts";
import type { Element } from "../../model/packet.ts";
import type { ListeningSocket } from "../../model/socket.ts";
import { defineCheck } from "../define-check.ts";
import { restartDocker } from "../restart-docker.ts";

/** Each port of the swarm is a subject of its own: nobody listens, or this host's firewall stops its peers. */
export const swarmPortBlocked = defineCheck({
  id: "swarm-port-blocked",
  area: "overlay",
  title: "A port that swarm nodes need is closed on this node",
  passTitle: "Swarm peers reach this node's ports",
  severity: "critical",
  why: "Managers answer on 2377/tcp, all nodes gossip on 7946/tcp and udp, and overlay traffic arrives on the data path port (4789/udp unless chosen otherwise). Closed 4789 leaves names resolving and every connection hanging; closed 7946 takes peers out of the overlay networks; closed 2377 makes nodes look down.",
  confirm: ["ss -lntup", "iptables -S INPUT", "docker node ls   # on a manager"],
  remedy: {
    summary: "Open the port to the swarm's nodes",
    commands: ["iptables -I INPUT -s <peer> -p <protocol> --dport <port> -j ACCEPT"],
    persistent: [
      "ufw allow from <peer> to any port <port> proto <protocol>",
      "firewall-cmd --permanent --zone=<zone> --add-port=<port>/<protocol> && firewall-cmd --reload",
    ],
  },
  ignoreWhen: "the node is drained for good and carries no overlay network",
  references: [
    "https://docs.docker.com/engine/swarm/swarm-tutorial/#open-protocols-and-ports-between-the-hosts",
    "https://github.com/moby/moby/issues/33416",
  ],
  requires: judgedFactNames,
  evaluate(facts, { derived }) {
    const daemon = facts.dockerDaemon;
    if (daemon.state !== "running") return notApplicable(daemon.reason);
    if (daemon.swarm.state !== "active")
      return notApplicable(`this host is not an active swarm node (${daemon.swarm.state})`);
    if (facts.sockets.length === 0) return { status: "unknown", because: [noSocket] };
    const judged = derived(judgedIntents).filter(({ intent }) => intent.kind === "swarm-port");
    const problems = swarmPorts(facts).flatMap((port) => {
      const own = judged.filter(
        ({ intent }) =>
          intent.swarmPort?.port === port.port && intent.swarmPort.protocol === port.protocol,
      );
      const silent = notListening(port, facts);
      return silent === undefined ? blocked(port, own, facts) : [silent];
    });
    const [first, ...rest] = problems;
    const doubts = doubtsOf(judged);
    if (first !== undefined) return { status: "fail", problems: [first, ...rest], doubts };
    const [doubt, ...others] = doubts;
    return doubt === undefined ? pass : { status: "unknown", because: [doubt, ...others] };
  },
  assume: ({ subject, evidence, expected = "" }) => {
    if (subject.kind !== "swarm-port") return [];
    const legacy = evidence.some(
      ({ source }) => source.kind === "command" && source.argv[0].includes("legacy"),
    );
    const peers = expected.replace("packets from ", "").split(", ");
    return peers
      .filter((peer) => /^[0-9a-fA-F.:]+$/.test(peer))
      .map((source) => ({
        kind: "port-accepted" as const,
        family: source.includes(":") ? ("ipv6" as const) : ("ipv4" as const),
        backend: legacy ? ("legacy" as const) : ("nf_tables" as const),
        protocol: subject.protocol,
        port: subject.port,
        source,
      }));
  },
});

/** An active node's dockerd listens; a list without any socket says more about the list. */
const noSocket: Doubt = {
  about: "sockets",
  reason: "ss lists no socket at all, although dockerd answers and is active in a swarm",
  nextStep: "run `ss -lntup` by hand and compare",
};

/** Nobody listens where peers can reach it, or another program has taken the port from dockerd. */
function notListening(
  port: SwarmPort,
  facts: Pick<Facts, "sockets" | "dockerDaemon" | "links">,
): Problem | undefined {
  const there = facts.sockets.filter(
    (socket) => socket.protocol === port.protocol && socket.port === port.port,
  );
  const open = there.filter((socket) => isOpenToPeers(socket, facts));
  const taken = open.length > 0 && open.every(isForeign);
  if (!port.listenerRequired || (open.length > 0 && !taken)) return undefined;
  const seen = there.map((socket) => socketText(socket)).join(", ");
  const name = `${port.port}/${port.protocol} (${port.use})`;
  return {
    subject: { kind: "swarm-port", port: port.port, protocol: port.protocol },
    message: taken
      ? `another program than dockerd listens on ${name}: ${seen}`
      : `nothing listens on ${name}, although the node is active`,
    observed: seen === "" ? "no socket" : seen,
    expected: `dockerd listens on ${port.port}/${port.protocol}`,
    evidence: [
      {
        source: { kind: "command", argv: ["ss", "-lntuHp"] },
        text: seen === "" ? `no line for ${port.protocol} port ${port.port}` : seen,
      },
    ],
    remedy: taken
      ? freePort(open.flatMap(({ processes }) => processes))
      : {
          ...restartDocker("Let dockerd open the port; look in its log for what it met"),
          persistent: [`journalctl -b -u docker | grep ${port.port}   # why it could not`],
        },
  };
}

/** dockerd tries the port again only when it starts, and fails again as long as the other program has it. */
function freePort(owners: ListeningSocket["processes"]): Remedy {
  const names = [...new Set(owners.map(({ name }) => name))].join(", ");
  const restart = restartDocker(`Stop ${names}, or let it listen elsewhere; then restart dockerd`);
  if (owners.some(({ name }) => name === "docker-proxy"))
    return {
      ...restart,
      summary: "Publish the container's port on another port of the host, then restart dockerd",
      commands: [],
    };
  const pids = [...new Set(owners.map(({ pid }) => pid))];
  return {
    ...restart,
    commands: [...pids.map((pid) => `kill ${pid}`), ...restart.commands],
    sideEffects: `ends ${names}; restarts the containers, unless live-restore is on`,
    persistent: [`let ${names} listen on another port: that of the gossip cannot be changed`],
  };
}

function socketText({ address, port, processes }: ListeningSocket): string {
  const names = processes.map(({ name }) => name);
  return `${address ?? "*"}:${port}${names.length === 0 ? "" : ` ${names.join(" ")}`}`;
}

/** One problem for a port that is closed to all peers, one for each peer where some get through. */
function blocked(
  port: SwarmPort,
  judged: readonly JudgedIntent[],
  { rulesets, dockerNetworks }: Pick<Facts, "rulesets" | "dockerNetworks">,
): readonly Problem[] {
  const shared = new Set(dockerNetworks.flatMap(({ peers }) => peers));
  const failed = judged.filter(({ outcome }) => outcome.state === "failed");
  if (failed.length === 0) return [];
  const everyone = failed.length === judged.length;
  const groups = everyone ? [failed] : failed.map((one) => [one]);
  return groups.flatMap((group) => {
    const [first] = group;
    if (first?.outcome.state !== "failed") return [];
    const { element } = first.outcome;
    const peers = group.flatMap(({ intent }) => intent.swarmPort?.peer ?? []);
    const peer = everyone ? {} : { peer: peers[0] ?? "" };
    return [
      {
        subject: { kind: "swarm-port" as const, port: port.port, protocol: port.protocol, ...peer },
        message: `packets of ${everyone ? "its peers" : `peer ${peers[0] ?? ""}`} to ${port.port}/${port.protocol} (${port.use}) are dropped by ${elementText(element)}${ofOwner(element, rulesets)}`,
        observed: elementText(element),
        expected: `packets from ${peers.join(", ")}`,
        // Overlays come to be where tasks run: peers that share none send no data yet.
        ...(port.use === "overlay data" && !peers.some((one) => shared.has(one))
          ? { severity: "warning" as const }
          : {}),
        evidence: [elementEvidence(element, rulesets)],
        intents: group.map(({ intent }) => intent.id),
        remedy: remedyFor(port, peers, element),
      },
    ];
  });
}

/** An accept at the top of INPUT helps against what the filter table drops; anything else has to go itself. */
function remedyFor(port: SwarmPort, peers: readonly string[], element: Element): Remedy {
  const inFilter =
    (element.kind === "rule" || element.kind === "policy") && element.table === "filter";
  const persistent = [
    ...peers.map(
      (peer) => `ufw allow from ${peer} to any port ${port.port} proto ${port.protocol}`,
    ),
    `firewall-cmd --permanent --zone=<zone of the uplink> --add-port=${port.port}/${port.protocol} && firewall-cmd --reload`,
  ];
  if (!inFilter)
    return {
      summary: `Take out what drops ${port.port}/${port.protocol}: ${elementText(element)}`,
      commands: [],
      persistent,
    };
  const suffix = element.backend === "legacy" ? "-legacy" : "";
  return {
    summary: `Accept ${port.port}/${port.protocol} from the swarm's nodes before the rule that drops it`,
    commands: peers.map((peer) => {
      const tool = peer.includes(":") ? "ip6tables" : "iptables";
      return `${tool}${suffix} -I INPUT -s ${peer} -p ${port.protocol} --dport ${port.port} -j ACCEPT`;
    }),
    persistent,
  };
}
