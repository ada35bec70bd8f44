import { describe, expect, test } from "vitest";
import { trafficBlocked } from "../../../src/checks/docker/traffic-blocked.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost } from "../../support/a-host.ts";
import { appBridge, aRoute } from "../../support/healthy-facts.ts";
import { inSwarm } from "../../support/host-variants.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

const first = { at: "first" } as const;
const summaryOf = (host: ReturnType<typeof aHost>) =>
  problemsOf(trafficBlocked, host).map(({ subject, observed }) => ({ subject, observed }));

describe("traffic-blocked", () => {
  test("names the rule that stops packets, though no check knows it", () => {
    const drop = "-A FORWARD -d 172.17.0.0/16 -m comment --comment mine -j DROP";
    expect(verdictOf(trafficBlocked, aHost().withRule(drop, first))).toEqual({
      status: "fail",
      doubts: [],
      problems: [
        {
          subject: { kind: "chain", family: "ipv4", table: "filter", chain: "FORWARD" },
          message: `answers from the outside by eth0 to container worker (network bridge): stopped by ipv4 filter FORWARD rule 1: ${drop}`,
          observed: `ipv4 filter FORWARD rule 1: ${drop}`,
          expected: "the packets arrive",
          evidence: [
            {
              source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
              line: 10,
              text: `[0:0] ${drop}`,
            },
          ],
          intents: ["egress-reply:worker@bridge/ipv4/eth0"],
        },
      ],
    });
  });

  test("says whose rule it is and where a change of it lasts", () => {
    const comment = '-m comment --comment "wg-quick(8) rule for wg0"';
    const host = aHost().withRule(`-A FORWARD -d 172.17.0.0/16 ${comment} -j DROP`, first);
    const [problem] = problemsOf(trafficBlocked, host);
    expect(problem?.message.endsWith("-j DROP (a rule of wg-quick)")).toBe(true);
    expect(problem?.evidence[0]?.owner?.kind).toBe("wg-quick");
    expect(problem?.remedy?.persistent).toEqual([
      "a rule of wg-quick: it is kept in /etc/wireguard",
    ]);
  });

  test("passes where every promise is kept, or kept with a loss", () => {
    const proxied = aHost().withoutRule(
      `-A DOCKER ! -i ${appBridge} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80`,
      { table: "nat" },
    );
    expect([aHost(), proxied].map((host) => verdictOf(trafficBlocked, host))).toEqual([pass, pass]);
  });

  test("puts together what one element stops", () => {
    expect(summaryOf(aHost().withForwardingOff())).toEqual([
      {
        subject: { kind: "sysctl", key: "net.ipv4.ip_forward" },
        observed: "net.ipv4.ip_forward = 0",
      },
    ]);
    expect(problemsOf(trafficBlocked, aHost().withForwardingOff())[0]?.message).toBe(
      "container worker (network bridge) to the outside by eth0 and 7 more: stopped by net.ipv4.ip_forward = 0",
    );
  });

  test.each([
    [
      "a policy",
      aHost().withPolicy("PREROUTING", "DROP", { table: "raw" }),
      [{ kind: "chain", family: "ipv4", table: "raw", chain: "PREROUTING" }],
    ],
    [
      "a link that is down",
      aHost().withLinkDown(appBridge),
      [
        { kind: "link", name: appBridge },
        { kind: "route", prefix: "default" },
      ],
    ],
    [
      "a bridge without its address",
      aHost().withLinkChange("docker0", { addresses: [] }),
      [{ kind: "link", name: "docker0" }],
    ],
    [
      "a route",
      aHost().withRoute(aRoute("172.20.0.0/24", "eth0")),
      [{ kind: "route", prefix: "172.20.0.0/24" }],
    ],
    [
      "no route",
      aHost().withoutRoute("172.17.0.0/16").withoutRoute("0.0.0.0/0"),
      [{ kind: "route", prefix: "172.17.0.2" }],
    ],
    [
      "a missing translation of the source",
      aHost().withEmptyChain("POSTROUTING", { table: "nat" }),
      [
        { kind: "container", name: "worker" },
        { kind: "container", name: "web" },
      ],
    ],
    [
      "a missing translation of the destination",
      aHost().withEmptyChain("DOCKER", { table: "nat" }),
      [
        {
          kind: "published-port",
          container: "web",
          binding: { protocol: "udp", address: "0.0.0.0", hostPort: 5353 },
        },
      ],
    ],
  ])("takes what stops the packets for its subject: %s", (_name, host, subjects) => {
    expect(summaryOf(host).map(({ subject }) => subject)).toEqual(subjects);
  });

  test("names a route by its prefix, whatever kind it is of", () => {
    const blackhole = aRoute("172.20.0.0/24", "lo", { type: "blackhole", nextHops: [] });
    const [problem] = problemsOf(trafficBlocked, aHost().withRoute(blackhole));
    expect([problem?.subject, problem?.observed]).toEqual([
      { kind: "route", prefix: "172.20.0.0/24" },
      "blackhole 172.20.0.0/24",
    ]);
  });

  test("names a port of TCP that nobody serves", () => {
    const host = aHost().withEmptyChain("DOCKER", { table: "nat" }).withoutSocket("tcp", 8080);
    expect(summaryOf(host).map(({ subject }) => subject)).toContainEqual({
      kind: "published-port",
      container: "web",
      binding: { protocol: "tcp", address: "0.0.0.0", hostPort: 8080 },
    });
  });

  test("leaves the swarm's ports to another check", () => {
    const host = inSwarm(aHost(), "manager").withRule("-A INPUT -p tcp -j DROP", first);
    expect(verdictOf(trafficBlocked, host)).toEqual(pass);
  });

  test("is not applicable without containers on a bridge", () => {
    expect(verdictOf(trafficBlocked, aHost().withoutContainers())).toEqual(
      notApplicable("no container runs on a bridge network"),
    );
  });

  test("names what is certain, and what else could not be judged", () => {
    const host = aHost()
      .withRule("-A FORWARD -i docker0 -j DROP", first)
      .withRule(`-A FORWARD -i ${appBridge} -m set --match-set blocked src -j DROP`, first);
    expect(verdictOf(trafficBlocked, host)).toMatchObject({
      status: "fail",
      problems: [{ intents: ["egress:worker@bridge/ipv4/eth0"] }],
      doubts: [
        {
          about: "3 packets that Docker promised to carry",
          reason: `ipv4 nf_tables table filter, rule 1 of FORWARD: -A FORWARD -i ${appBridge} -m set --match-set blocked src -j DROP`,
        },
      ],
    });
  });
});
