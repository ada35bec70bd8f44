import { describe, expect, test } from "vitest";
import { dockerUserBlocksAll } from "../../../src/checks/netfilter/docker-user-blocks-all.ts";
import { chainOwner } from "../../../src/derive/rule-owners.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost } from "../../support/a-host.ts";
import { withIpv6 } from "../../support/host-variants.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

const first = { at: "first" } as const;
const drop = "-A DOCKER-USER -i eth0 -j DROP";
const answersFirst = "-A DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";
const commandsOf = (host: ReturnType<typeof aHost>) =>
  problemsOf(dockerUserBlocksAll, host).map(({ remedy }) => remedy?.commands);
const severities = (host: ReturnType<typeof aHost>) =>
  problemsOf(dockerUserBlocksAll, host).map(({ severity, message }) => [severity, message]);

describe("docker-user-blocks-all", () => {
  test("names the very rule that takes the answers, and takes it out", () => {
    expect(verdictOf(dockerUserBlocksAll, aHost().withRule(drop, first))).toEqual({
      status: "fail",
      doubts: [],
      problems: [
        {
          subject: { kind: "chain", family: "ipv4", table: "filter", chain: "DOCKER-USER" },
          message:
            "a rule drops answers from the outside by eth0 to container worker (network bridge) and 3 more",
          observed: drop,
          expected: "containers' packets return from DOCKER-USER",
          evidence: [
            {
              source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
              line: 10,
              text: `[0:0] ${drop}`,
              owner: chainOwner("DOCKER-USER"),
            },
          ],
          intents: [
            "egress-reply:worker@bridge/ipv4/eth0",
            "egress-reply:web@appnet/ipv4/eth0",
            "publish:web/0.0.0.0:8080/tcp/eth0",
            "publish:web/0.0.0.0:5353/udp/eth0",
          ],
          remedy: {
            summary: "Take the rule out of DOCKER-USER, or narrow it",
            commands: ["iptables -D DOCKER-USER -i eth0 -j DROP"],
            persistent: [
              "accept answers first: iptables -I DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
              "match the host's port by -m conntrack --ctorigdstport <port> --ctdir ORIGINAL",
              "change the file or script that adds the rule",
            ],
          },
        },
      ],
    });
  });

  test("names a rule that drops all but a subnet, as the answers of all others are lost", () => {
    const host = aHost().withRule("-A DOCKER-USER ! -s 192.0.2.0/24 -i eth0 -j DROP", first);
    expect(problemsOf(dockerUserBlocksAll, host).map(({ intents }) => intents)).toEqual([
      ["egress-reply:worker@bridge/ipv4/eth0", "egress-reply:web@appnet/ipv4/eth0"],
    ]);
  });

  test.each(["20.10", "28.5", "29.7"] as const)("passes on a healthy %s", (engine) => {
    expect(verdictOf(dockerUserBlocksAll, aHost({ engine }))).toEqual(pass);
  });

  test.each([
    ["some sources are dropped", ["-A DOCKER-USER -s 203.0.113.0/24 -j DROP"]],
    [
      "answers are accepted before the uplink is closed to all but a subnet",
      ["-A DOCKER-USER ! -s 192.0.2.0/24 -i eth0 -j DROP", answersFirst],
    ],
    [
      "answers are accepted and one far client is let in",
      [drop, "-A DOCKER-USER -s 198.51.100.7/32 -i eth0 -j ACCEPT", answersFirst],
    ],
    [
      "all but one far subnet is dropped",
      ["-A DOCKER-USER ! -s 198.51.100.0/24 -i eth0 -j DROP", answersFirst],
    ],
    ["the log is written", ["-A DOCKER-USER -j LOG --log-prefix user"]],
  ])("passes where %s", (_name, rules) => {
    const host = rules.reduce((built, rule) => built.withRule(rule, first), aHost());
    expect(verdictOf(dockerUserBlocksAll, host)).toEqual(pass);
  });

  test("takes closed ports for information, as they may be meant so", () => {
    const host = aHost().withRule(drop, first).withRule(answersFirst, first);
    expect(severities(host)).toEqual([
      ["info", "rules close 2 published ports to the outside, which may be meant so"],
    ]);
    expect(severities(host.withContainerChange("web", { publishedPorts: [] }))).toEqual([]);
  });

  test("warns where an allowing rule names the host's port, which packets no longer have", () => {
    const port = "-A DOCKER-USER -i eth0 -p tcp -m tcp --dport 8080 -j ACCEPT";
    const host = aHost()
      .withRule("-A DOCKER-USER -i eth0 -p tcp -j DROP", first)
      .withRule(port, first)
      .withRule(answersFirst, first);
    expect(severities(host)).toEqual([
      ["warning", "rules close a published port to the outside, which may be meant so"],
    ]);
    expect(problemsOf(dockerUserBlocksAll, host)[0]?.evidence[1]?.text).toBe(
      `${port} — names the host's port; after DNAT the packet has the container's`,
    );
  });

  const byHostPort = "-p tcp -m tcp --dport 8080";
  test.each([
    [`-A DOCKER-USER -i eth0 ${byHostPort} -j DROP`, "warning"],
    [`-A DOCKER-USER ! -s 192.0.2.0/24 ${byHostPort} -j DROP`, "info"],
    [`-A DOCKER-USER ${byHostPort} -j ACCEPT`, "info"],
  ])("tells that %s stops nobody", (rule, severity) => {
    const [problem] = problemsOf(dockerUserBlocksAll, aHost().withRule(rule, first));
    expect(problem).toMatchObject({
      severity,
      observed: rule,
      message: "a rule names a published port of the host, which no packet has here any more",
      evidence: [
        { text: `${rule} — names the host's port; after DNAT the packet has the container's` },
      ],
    });
  });

  test.each([
    [`-A DOCKER-USER -o eth0 ${byHostPort} -j DROP`],
    [`-A DOCKER-USER -i docker0 ${byHostPort} -j DROP`],
    [`-A DOCKER-USER -s 172.20.0.0/16 ${byHostPort} -j DROP`],
    ["-A DOCKER-USER -i eth0 -p tcp -m tcp --dport 9999 -j DROP"],
    ["-A DOCKER-USER -i eth0 -p tcp -m conntrack --ctorigdstport 9999 --ctdir ORIGINAL -j DROP"],
  ])("says nothing of %s, which may be meant as it stands", (rule) => {
    expect(verdictOf(dockerUserBlocksAll, aHost().withRule(rule, first))).toEqual(pass);
  });

  test("says nothing of a port that a container has too", () => {
    const { containers } = aHost().facts();
    const [port] = containers.flatMap(({ publishedPorts }) => publishedPorts);
    const same = port === undefined ? [] : [{ ...port, containerPort: 8080 }];
    const host = aHost()
      .withContainerChange("worker", { publishedPorts: same })
      .withRule(`-A DOCKER-USER -i eth0 -p tcp -m tcp --dport 8080 -j RETURN`, first);
    const found = problemsOf(dockerUserBlocksAll, host).map(({ message }) => message);
    expect(found.filter((message) => message.includes("names a published port"))).toEqual([]);
  });

  test("deletes by number what holds more than plain words, from the last to the first", () => {
    const host = aHost()
      .withRule('-A DOCKER-USER -p udp -m comment --comment "no udp; ever" -j DROP', first)
      .withRule('-A DOCKER-USER -p tcp -m comment --comment "no tcp; ever" -j DROP', first);
    expect(commandsOf(host)).toEqual([["iptables -D DOCKER-USER 2", "iptables -D DOCKER-USER 1"]]);
  });

  test("uses the tool of the backend that holds the rule", () => {
    const host = aHost().withLegacyBackend().withRule(drop, { at: "first", backend: "legacy" });
    expect(commandsOf(host)).toEqual([["iptables-legacy -D DOCKER-USER -i eth0 -j DROP"]]);
  });

  test("uses ip6tables for IPv6, and counts what the rules drop", () => {
    const host = withIpv6(aHost())
      .withRule("-A DOCKER-USER -s fd00:a::/64 -j DROP", { at: "first", family: "ipv6" })
      .withRule("-A DOCKER-USER -d fd00:a::/64 -p udp -j DROP", { at: "first", family: "ipv6" });
    const found = problemsOf(dockerUserBlocksAll, host);
    expect(found.map(({ message, remedy }) => [message, remedy?.commands])).toEqual([
      [
        "a rule drops container web (network appnet) to the outside by eth0 and 1 more",
        ["ip6tables -D DOCKER-USER -s fd00:a::/64 -j DROP"],
      ],
    ]);
  });

  test("says that several rules drop, where they do", () => {
    const host = aHost()
      .withRule("-A DOCKER-USER -s 172.17.0.0/16 -j DROP", first)
      .withRule("-A DOCKER-USER -s 172.20.0.0/16 -o eth0 -j REJECT", first)
      .withContainerChange("web", { publishedPorts: [] });
    expect(severities(host)).toEqual([
      [undefined, "rules drop container worker (network bridge) to the outside by eth0 and 1 more"],
    ]);
    const one = aHost().withRule("-A DOCKER-USER -s 172.17.0.0/16 -j DROP", first);
    expect(severities(one)).toEqual([
      [undefined, "a rule drops container worker (network bridge) to the outside by eth0"],
    ]);
  });

  test("assumes that the rules that it names are gone", () => {
    const nft = problemsOf(dockerUserBlocksAll, aHost().withRule(drop, first));
    const legacy = problemsOf(
      dockerUserBlocksAll,
      aHost().withLegacyBackend().withRule(drop, { at: "first", backend: "legacy" }),
    );
    const gone = {
      kind: "rule-absent",
      family: "ipv4",
      table: "filter",
      chain: "DOCKER-USER",
      text: drop,
    };
    expect([...nft, ...legacy].map((problem) => dockerUserBlocksAll.assume?.(problem))).toEqual([
      [{ ...gone, backend: "nf_tables" }],
      [{ ...gone, backend: "legacy" }],
    ]);
  });

  test("is not applicable without the chain, or without containers on a bridge", () => {
    const bare = aHost().withFlushedTable("filter");
    expect(verdictOf(dockerUserBlocksAll, bare)).toEqual(
      notApplicable("there is no chain DOCKER-USER"),
    );
    expect(verdictOf(dockerUserBlocksAll, aHost().withoutContainers())).toEqual(
      notApplicable("no container runs on a bridge network"),
    );
  });

  test("is unknown where a set decides", () => {
    const set = "-A DOCKER-USER -i eth0 -m set --match-set blocked src -j DROP";
    expect(verdictOf(dockerUserBlocksAll, aHost().withRule(set, first)).status).toBe("unknown");
  });
});
