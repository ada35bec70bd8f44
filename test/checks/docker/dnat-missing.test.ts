import { describe, expect, test } from "vitest";
import { dnatMissing } from "../../../src/checks/docker/dnat-missing.ts";
import { known } from "../../../src/model/facts.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost } from "../../support/a-host.ts";
import { builtAt } from "../../support/built-facts.ts";
import { aNetwork, anEndpoint, aPort, appBridge, prefix } from "../../support/healthy-facts.ts";
import { inSwarm, withIpv6 } from "../../support/host-variants.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

const nat = { table: "nat" };
const tcpRule = `-A DOCKER ! -i ${appBridge} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80`;
const udpRule = `-A DOCKER ! -i ${appBridge} -p udp -m udp --dport 5353 -j DNAT --to-destination 172.20.0.2:5353`;
const withoutTcp = aHost().withoutRule(tcpRule, nat);
const severities = (host: ReturnType<typeof aHost>) =>
  problemsOf(dnatMissing, host).map(({ subject, severity }) => [subject.kind, severity]);

describe("dnat-missing", () => {
  test("says that docker-proxy serves the port, and what is lost", () => {
    expect(verdictOf(dnatMissing, withoutTcp)).toEqual({
      status: "fail",
      doubts: [],
      problems: [
        {
          subject: {
            kind: "published-port",
            container: "web",
            binding: { protocol: "tcp", address: "0.0.0.0", hostPort: 8080 },
          },
          message:
            "port 0.0.0.0:8080/tcp is not translated to container web port 80: docker-proxy relays the connections: the container sees the bridge's gateway as its client",
          observed: "no DNAT rule",
          expected: "a rule in nat DOCKER: --dport 8080 -j DNAT to port 80",
          severity: "warning",
          evidence: [
            {
              source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
              text: "missing: -A DOCKER … -p tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80",
            },
          ],
          intents: ["publish:web/0.0.0.0:8080/tcp/eth0"],
          remedy: {
            summary: "Let dockerd write the rules of container web anew",
            commands: ["docker restart web"],
            sideEffects: "restarts container web",
            persistent: [
              "let the firewall service load only its own tables: `iptables-restore --noflush`, no `flush ruleset` in nftables.conf",
              "order it Before=docker.service, or give it ExecStartPost=systemctl try-restart docker",
            ],
          },
        },
      ],
    });
  });

  test("is critical without docker-proxy", () => {
    const host = withoutTcp.withoutSocket("tcp", 8080);
    expect(
      problemsOf(dnatMissing, host).map(({ severity, message }) => [severity, message]),
    ).toEqual([
      [
        "critical",
        "port 0.0.0.0:8080/tcp is not translated to container web port 80: nothing serves it",
      ],
    ]);
  });

  test("is critical for UDP, docker-proxy or not", () => {
    const host = aHost().withoutRule(udpRule, nat);
    expect(
      problemsOf(dnatMissing, host).map(({ severity, message }) => [severity, message]),
    ).toEqual([
      [
        "critical",
        "port 0.0.0.0:5353/udp is not translated to container web port 5353: clients' addresses are lost, and answers may not find their way",
      ],
    ]);
  });

  test("names the chain where none of several ports is translated", () => {
    const host = withoutTcp.withoutRule(udpRule, nat);
    expect(problemsOf(dnatMissing, host)).toEqual([
      {
        subject: { kind: "chain", family: "ipv4", table: "nat", chain: "DOCKER" },
        message:
          "none of the 2 published ports is translated to its container: clients' addresses are lost, and answers may not find their way",
        observed: "no DNAT rule",
        expected: "2 DNAT rules",
        severity: "critical",
        evidence: [
          {
            source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
            text: "missing: -A DOCKER … -p tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80",
          },
          {
            source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
            text: "missing: -A DOCKER … -p udp --dport 5353 -j DNAT --to-destination 172.20.0.2:5353",
          },
        ],
        intents: ["publish:web/0.0.0.0:8080/tcp/eth0", "publish:web/0.0.0.0:5353/udp/eth0"],
      },
    ]);
  });

  test("warns where docker-proxy serves all of several ports", () => {
    const host = withoutTcp
      .withoutRule(udpRule, nat)
      .withContainerChange("web", {
        publishedPorts: [
          aPort("tcp", 8080, { containerPort: 80 }),
          aPort("tcp", 8081, { containerPort: 81 }),
        ],
      })
      .withSocket({ protocol: "tcp", port: 8081, processes: [{ name: "docker-proxy", pid: 9 }] });
    expect(severities(host)).toEqual([["chain", "warning"]]);
  });

  test("assumes what its remedy writes: one container's ports, or all of Docker's rules", () => {
    const one = problemsOf(dnatMissing, withoutTcp);
    const all = problemsOf(dnatMissing, withoutTcp.withoutRule(udpRule, nat));
    expect([...one, ...all].map((problem) => dnatMissing.assume?.(problem))).toEqual([
      [{ kind: "port-rules-rebuilt", container: "web" }],
      [{ kind: "docker-rules-rebuilt" }],
    ]);
  });

  test.each(["20.10", "28.5", "29.7"] as const)("passes on a healthy %s", (engine) => {
    expect(verdictOf(dnatMissing, aHost({ engine }))).toEqual(pass);
  });

  test("accepts any address of a container with several networks", () => {
    const second = aNetwork("second", {
      bridge: "docker0",
      ipam: [{ subnet: prefix("172.17.0.0/16"), gateway: "172.17.0.1" }],
    });
    const [endpoint] = aHost().facts().containers[1]?.endpoints ?? [];
    const host = aHost()
      .withNetwork(second)
      .withContainerChange("web", {
        endpoints: [
          ...(endpoint === undefined ? [] : [endpoint]),
          anEndpoint(second, "172.17.0.9/16", "172.17.0.1"),
        ],
      });
    expect(verdictOf(dnatMissing, host)).toEqual(pass);
  });

  test("accepts a rule for the address that the port is published on", () => {
    const host = withoutTcp
      .withContainerChange("web", {
        publishedPorts: [aPort("tcp", 8080, { containerPort: 80, address: "192.0.2.10" })],
      })
      .withRule(tcpRule.replace("-A DOCKER ", "-A DOCKER -d 192.0.2.10/32 "), nat);
    expect(verdictOf(dnatMissing, host)).toEqual(pass);
  });

  test("looks at ip6tables for ports on ::, and only where dockerd writes it", () => {
    const rule = `-A DOCKER ! -i ${appBridge} -p tcp -m tcp --dport 8080 -j DNAT --to-destination [fd00:a::2]:80`;
    const host = withIpv6(aHost()).withoutRule(rule, { table: "nat", family: "ipv6" });
    expect(severities(host)).toEqual([["published-port", "critical"]]);
    expect(verdictOf(dnatMissing, host.withOptions({ iptables: true }))).toEqual(pass);
  });

  test.each([
    ["routed", { gatewayModes: { ipv4: "routed", ipv6: "nat" } }],
    ["internal", { internal: true }],
    ["isolated", { gatewayModes: { ipv4: "isolated", ipv6: "nat" } }],
  ] as const)("expects no rule for a network that is %s", (_name, change) => {
    const host = withoutTcp.withNetworkChange("appnet", change);
    expect(verdictOf(dnatMissing, host)).toEqual(
      notApplicable("no running container publishes a port"),
    );
  });

  test("expects no rule for what is only exposed, or published with sctp or on loopback", () => {
    const host = aHost()
      .withEmptyChain("DOCKER", nat)
      .withContainerChange("web", {
        publishedPorts: [
          aPort("sctp", 9999, { containerPort: 9999 }),
          aPort("tcp", 8081, { containerPort: 80, address: "127.0.0.1" }),
        ],
      });
    expect(verdictOf(dnatMissing, host)).toEqual(
      notApplicable("no running container publishes a port"),
    );
  });

  test("expects no rule of the kind for ports that the swarm publishes", () => {
    const host = inSwarm(aHost(), "worker").withContainerChange("web", { publishedPorts: [] });
    expect(verdictOf(dnatMissing, host)).toEqual(
      notApplicable("no running container publishes a port"),
    );
  });

  test.each([
    [
      "--iptables=false",
      aHost().withOptions({ iptables: false }),
      "dockerd runs with iptables switched off",
    ],
    [
      "the nftables backend",
      aHost().withDaemon({ firewallBackend: "nftables" }),
      "dockerd writes native nftables, not iptables",
    ],
  ])("is not applicable with %s", (_name, host, reason) => {
    expect(verdictOf(dnatMissing, host.withEmptyChain("DOCKER", nat))).toEqual(
      notApplicable(reason),
    );
  });

  test("needs no ruleset for its verdict, only for its evidence", () => {
    const none = known([], { at: builtAt, sources: [] });
    const [problem] = problemsOf(dnatMissing, aHost().withFact("rulesets", none));
    expect([problem?.subject.kind, problem?.evidence]).toEqual(["chain", []]);
  });

  test("is unknown where the port's owner could not be seen", () => {
    const host = withoutTcp
      .withoutSocket("tcp", 8080)
      .withSocket({ protocol: "tcp", address: "0.0.0.0", port: 8080, processes: [] });
    expect(verdictOf(dnatMissing, host)).toEqual({
      status: "unknown",
      because: [
        {
          about: "clients by eth0 to published port 0.0.0.0:8080/tcp of container web",
          reason: "who listens on port 8080 could not be seen",
        },
      ],
    });
  });
});
