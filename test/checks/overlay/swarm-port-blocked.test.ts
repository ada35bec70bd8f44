import { describe, expect, test } from "vitest";
import { swarmPortBlocked } from "../../../src/checks/overlay/swarm-port-blocked.ts";
import type { RunningDaemon } from "../../../src/model/docker.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { aNetwork, aSetting, aSocket } from "../../support/healthy-facts.ts";
import { inSwarm, withIpv6 } from "../../support/host-variants.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

const manager = inSwarm(aHost(), "manager");
const worker = inSwarm(aHost(), "worker");
const first = { at: "first" } as const;
const port = (number: number, protocol: "tcp" | "udp", peer?: string) => ({
  kind: "swarm-port",
  port: number,
  protocol,
  ...(peer === undefined ? {} : { peer }),
});
const subjects = (host: HostBuilder) =>
  problemsOf(swarmPortBlocked, host).map(({ subject }) => subject);
const withSwarm = (host: HostBuilder, change: Partial<RunningDaemon["swarm"]>) => {
  const daemon = host.facts().dockerDaemon;
  return daemon.state === "running"
    ? host.withDaemon({ swarm: { ...daemon.swarm, ...change } })
    : host;
};

describe("swarm-port-blocked", () => {
  test("names the port, the peers and the rule that drops their packets", () => {
    const drop = "-A INPUT -p udp -m udp --dport 4789 -j DROP";
    expect(verdictOf(swarmPortBlocked, worker.withRule(drop))).toEqual({
      status: "fail",
      doubts: [],
      problems: [
        {
          subject: { kind: "swarm-port", port: 4789, protocol: "udp" },
          message: `packets of its peers to 4789/udp (overlay data) are dropped by ipv4 filter INPUT rule 1: ${drop}`,
          observed: `ipv4 filter INPUT rule 1: ${drop}`,
          expected: "packets from 192.0.2.11, 192.0.2.12",
          evidence: [
            {
              source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
              line: expect.any(Number),
              text: `[0:0] ${drop}`,
            },
          ],
          intents: ["swarm-port:4789/udp@192.0.2.11", "swarm-port:4789/udp@192.0.2.12"],
          remedy: {
            summary: "Accept 4789/udp from the swarm's nodes before the rule that drops it",
            commands: [
              "iptables -I INPUT -s 192.0.2.11 -p udp --dport 4789 -j ACCEPT",
              "iptables -I INPUT -s 192.0.2.12 -p udp --dport 4789 -j ACCEPT",
            ],
            persistent: [
              "ufw allow from 192.0.2.11 to any port 4789 proto udp",
              "ufw allow from 192.0.2.12 to any port 4789 proto udp",
              "firewall-cmd --permanent --zone=<zone of the uplink> --add-port=4789/udp && firewall-cmd --reload",
            ],
          },
        },
      ],
    });
  });

  test("names a port on which nobody listens", () => {
    expect(verdictOf(swarmPortBlocked, worker.withoutSocket("udp", 7946))).toEqual({
      status: "fail",
      doubts: [],
      problems: [
        {
          subject: port(7946, "udp"),
          message: "nothing listens on 7946/udp (gossip), although the node is active",
          observed: "no socket",
          expected: "dockerd listens on 7946/udp",
          evidence: [
            {
              source: { kind: "command", argv: ["ss", "-lntuHp"] },
              text: "no line for udp port 7946",
            },
          ],
          remedy: expect.objectContaining({ commands: ["systemctl restart docker"] }),
        },
      ],
    });
  });

  test("names another program that has taken the port", () => {
    const host = worker.withoutSocket("tcp", 7946).withSocket(aSocket("tcp", 7946, "consul"));
    expect(problemsOf(swarmPortBlocked, host).map(({ message }) => message)).toEqual([
      "another program than dockerd listens on 7946/tcp (gossip): 0.0.0.0:7946 consul",
    ]);
  });

  test("has the other program stopped first: dockerd alone could not take the port back", () => {
    const host = worker.withoutSocket("tcp", 7946).withSocket(aSocket("tcp", 7946, "consul"));
    expect(problemsOf(swarmPortBlocked, host)[0]?.remedy).toMatchObject({
      commands: [expect.stringMatching(/^kill \d+$/), "systemctl restart docker"],
      sideEffects: "ends consul; restarts the containers, unless live-restore is on",
    });
  });

  test("does not have the proxy of a container that publishes the port killed", () => {
    const host = worker.withoutSocket("tcp", 7946).withSocket(aSocket("tcp", 7946, "docker-proxy"));
    expect(problemsOf(swarmPortBlocked, host)[0]?.remedy).toMatchObject({
      summary: "Publish the container's port on another port of the host, then restart dockerd",
      commands: [],
    });
  });

  test("does not take a listener whose owner could not be seen for another program", () => {
    const host = worker.withoutSocket("tcp", 7946).withSocket(aSocket("tcp", 7946, undefined));
    expect(verdictOf(swarmPortBlocked, host)).toEqual(pass);
  });

  test("makes each port a subject of its own", () => {
    const host = ["tcp --dport 2377", "tcp --dport 7946", "udp --dport 7946", "udp --dport 4789"]
      .map((match) => `-A INPUT -p ${match.replace(" ", ` -m ${match.slice(0, 3)} `)} -j DROP`)
      .reduce((built, rule) => built.withRule(rule), manager);
    expect(subjects(host)).toEqual([
      port(2377, "tcp"),
      port(7946, "tcp"),
      port(7946, "udp"),
      port(4789, "udp"),
    ]);
  });

  test("names one peer where the others get through", () => {
    const host = worker.withRule("-A INPUT -s 192.0.2.12/32 -p tcp -j DROP");
    expect(
      problemsOf(swarmPortBlocked, host).map(({ subject, message }) => [subject, message]),
    ).toEqual([
      [
        port(7946, "tcp", "192.0.2.12"),
        "packets of peer 192.0.2.12 to 7946/tcp (gossip) are dropped by ipv4 filter INPUT rule 1: -A INPUT -s 192.0.2.12/32 -p tcp -j DROP",
      ],
    ]);
  });

  test("passes on a manager and on a worker", () => {
    expect([manager, worker].map((host) => verdictOf(swarmPortBlocked, host))).toEqual([
      pass,
      pass,
    ]);
  });

  test("does not ask a worker for the managers' port", () => {
    expect(
      verdictOf(swarmPortBlocked, worker.withRule("-A INPUT -p tcp -m tcp --dport 2377 -j DROP")),
    ).toEqual(pass);
  });

  test("knows the managers' port and the data path port where they are others", () => {
    const host = withSwarm(manager, {
      remoteManagers: [{ address: "192.0.2.10", port: 12377 }],
      dataPathPort: 7789,
    })
      .withSocket(aSocket("tcp", 12377, "dockerd"))
      .withRule("-A INPUT -p udp -m udp --dport 7789 -j DROP");
    expect(subjects(host)).toEqual([port(7789, "udp")]);
    expect(subjects(host.withoutSocket("tcp", 12377))).toEqual([
      port(12377, "tcp"),
      port(7789, "udp"),
    ]);
  });

  test("does not ask for the data path's socket, which the kernel opens with the first endpoint", () => {
    expect(verdictOf(swarmPortBlocked, worker.withoutSocket("udp", 4789))).toEqual(pass);
  });

  test("accepts a listener on the advertised address, and none that peers cannot reach", () => {
    const only = (address: string) =>
      worker.withoutSocket("tcp", 7946).withSocket({ ...aSocket("tcp", 7946, "dockerd"), address });
    expect(verdictOf(swarmPortBlocked, only("192.0.2.10"))).toEqual(pass);
    expect(
      problemsOf(swarmPortBlocked, only("172.17.0.1")).map(({ observed }) => observed),
    ).toEqual(["172.17.0.1:7946 dockerd"]);
  });

  test("looks behind the translation of a cloud, where the advertised address is not the host's", () => {
    const host = withSwarm(worker, { nodeAddress: "203.0.113.9" })
      .withoutSocket("tcp", 7946)
      .withSocket({ ...aSocket("tcp", 7946, "dockerd"), address: "192.0.2.10" });
    expect(verdictOf(swarmPortBlocked, host)).toEqual(pass);
    expect(subjects(host.withRule("-A INPUT -p tcp -m tcp --dport 7946 -j DROP"))).toEqual([
      port(7946, "tcp"),
    ]);
    const loopback = host
      .withoutSocket("tcp", 7946)
      .withSocket({ ...aSocket("tcp", 7946, "dockerd"), address: "127.0.0.1" });
    expect(subjects(loopback)).toEqual([port(7946, "tcp")]);
  });

  test("lets established packets alone decide nothing", () => {
    const host = worker
      .withRule("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT")
      .withPolicy("INPUT", "DROP");
    expect(subjects(host)).toEqual([port(7946, "tcp"), port(7946, "udp"), port(4789, "udp")]);
  });

  test("writes no rule where an accept in INPUT would not help", () => {
    const host = worker.withRule("-A PREROUTING -p udp -m udp --dport 4789 -j DROP", {
      table: "raw",
    });
    expect(
      problemsOf(swarmPortBlocked, host).map(({ remedy }) => [remedy?.summary, remedy?.commands]),
    ).toEqual([
      [
        "Take out what drops 4789/udp: ipv4 raw PREROUTING rule 1: -A PREROUTING -p udp -m udp --dport 4789 -j DROP",
        [],
      ],
    ]);
  });

  test("uses the tool of the backend that drops, and assumes its effect there", () => {
    const host = worker.withPolicy("INPUT", "DROP", { backend: "legacy" });
    const [problem] = problemsOf(swarmPortBlocked, host);
    expect(problem?.remedy?.commands[0]).toBe(
      "iptables-legacy -I INPUT -s 192.0.2.11 -p tcp --dport 7946 -j ACCEPT",
    );
    const accepted = {
      kind: "port-accepted",
      family: "ipv4",
      backend: "legacy",
      protocol: "tcp",
      port: 7946,
    };
    expect(problem === undefined ? [] : swarmPortBlocked.assume?.(problem)).toEqual([
      { ...accepted, source: "192.0.2.11" },
      { ...accepted, source: "192.0.2.12" },
    ]);
  });

  test("opens the port by ip6tables to a peer with IPv6", () => {
    const host = withSwarm(withIpv6(worker), {
      nodeAddress: "2001:db8::10",
      remoteManagers: [{ address: "2001:db8::11", port: 2377 }],
    })
      .withNetworkChange("ingress", { peers: [] })
      .withRule("-A INPUT -p udp -m udp --dport 7946 -j DROP", { family: "ipv6" });
    const found = problemsOf(swarmPortBlocked, host);
    expect(found.map(({ remedy }) => remedy?.commands)).toEqual([
      ["ip6tables -I INPUT -s 2001:db8::11 -p udp --dport 7946 -j ACCEPT"],
    ]);
    expect(found.map((problem) => swarmPortBlocked.assume?.(problem))).toEqual([
      [
        {
          kind: "port-accepted",
          family: "ipv6",
          backend: "nf_tables",
          protocol: "udp",
          port: 7946,
          source: "2001:db8::11",
        },
      ],
    ]);
  });

  test("knows the VNI of plain overlays beside a rule for encrypted ones", () => {
    const encrypted =
      "-A INPUT -p udp -m udp --dport 4789 -m u32 --u32 0x0>>0x16&0x3c@0xc&0xffffff00=0x100100 -j DROP";
    const network = aNetwork("secret", {
      driver: "overlay",
      scope: "swarm",
      encrypted: true,
      vnis: [4097],
    });
    expect(verdictOf(swarmPortBlocked, worker.withNetwork(network).withRule(encrypted))).toEqual(
      pass,
    );
  });

  test("counts nodes that are down where all of them are: a closed port looks like that", () => {
    const down = manager.facts().swarmNodes.map((node) => ({ ...node, state: "down" }));
    const host = manager
      .withFacts({ swarmNodes: down })
      .withNetworkChange("ingress", { peers: [] })
      .withRule("-A INPUT -p tcp -m tcp --dport 2377 -j DROP");
    expect(subjects(host)).toEqual([port(2377, "tcp")]);
  });

  test("leaves a single node that is down out, as it may be a machine that is gone", () => {
    const nodes = manager
      .facts()
      .swarmNodes.map((node) => (node.id === "node-3" ? { ...node, state: "down" } : node));
    const host = manager
      .withFacts({ swarmNodes: nodes })
      .withNetworkChange("ingress", { peers: [] })
      .withRule("-A INPUT -s 192.0.2.12/32 -j DROP");
    expect(verdictOf(swarmPortBlocked, host)).toEqual(pass);
  });

  test("does not guess about a peer to which there is no route", () => {
    const host = worker.withNetworkChange("ingress", { peers: ["2001:db8::11"] });
    expect(verdictOf(swarmPortBlocked, host)).toMatchObject({
      status: "unknown",
      because: [{ reason: "no packet stands for this promise" }],
    });
  });

  test.each(["inactive", "pending", "locked", "error"] as const)(
    "is not applicable in state %s",
    (state) => {
      expect(verdictOf(swarmPortBlocked, withSwarm(worker, { state }))).toEqual(
        notApplicable(`this host is not an active swarm node (${state})`),
      );
    },
  );

  test("is not applicable where Docker does not run", () => {
    const host = worker.withFacts({ dockerDaemon: { state: "stopped", reason: "nobody answers" } });
    expect(verdictOf(swarmPortBlocked, host)).toEqual(notApplicable("nobody answers"));
  });

  test("is unknown where the reverse path filter is, and a rule that drops is still certain", () => {
    const host = worker.withFacts({ linkSettings: [aSetting("all")] });
    expect(verdictOf(swarmPortBlocked, host).status).toBe("unknown");
    expect(subjects(host.withRule("-A INPUT -p udp -m udp --dport 4789 -j DROP", first))).toEqual([
      port(4789, "udp"),
    ]);
  });

  test("does not know where the list of sockets is empty", () => {
    expect(verdictOf(swarmPortBlocked, manager.withFacts({ sockets: [] }))).toEqual({
      status: "unknown",
      because: [
        {
          about: "sockets",
          reason: "ss lists no socket at all, although dockerd answers and is active in a swarm",
          nextStep: "run `ss -lntup` by hand and compare",
        },
      ],
    });
  });

  test("warns of a closed data path between nodes that share no overlay network", () => {
    const host = worker
      .withRule("-A INPUT -p udp -m udp --dport 4789 -j DROP")
      .withNetworkChange("ingress", { peers: ["192.0.2.10"] });
    const severities = problemsOf(swarmPortBlocked, host).map(({ severity }) => severity);
    expect(severities).toEqual(["warning"]);
  });
});
