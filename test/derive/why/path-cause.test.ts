import { describe, expect, test } from "vitest";
import { lookAtPath } from "../../../src/derive/why/path-cause.ts";
import { sidesOf } from "../../../src/derive/why/sides.ts";
import type { TraceWay } from "../../../src/model/trace/trace-report.ts";
import type { HostBuilder } from "../../support/a-host.ts";
import {
  answered,
  askedBuilder,
  askedHost,
  dbInside,
  onAppnet,
  told,
  webInside,
  workerInside,
} from "../../support/asked-host.ts";
import { rulesetOf } from "../../support/built-facts.ts";
import { emptyTable } from "../../support/docker-rules-text.ts";
import {
  aContainer,
  aNetwork,
  anEndpoint,
  appBridge,
  aRoute,
  aSocket,
} from "../../support/healthy-facts.ts";
import { containerFacts, sandboxPath } from "../../support/namespaces-of-a-host.ts";
import { field, match, drop as nftDrop, nftTable } from "../../support/nft-tables.ts";

/** Bridged packets are asked by the rules of the host. */
function bridged(host: HostBuilder): HostBuilder {
  return host.withSysctl("net.bridge.bridge-nf-call-iptables", "1");
}

function remedyOf(host: HostBuilder, question = "web db:5432") {
  const [cause] = answered(askedHost(host), question).causes;
  return cause?.remedy;
}

const drop = "-A DOCKER-USER -p tcp -m tcp --dport 5432 -j DROP";

describe("a rule that drops", () => {
  test("is the cause, with the line, the command that shows it, and the one that takes it out", () => {
    const host = bridged(askedBuilder()).withRule(drop, { at: "first" });
    const { causes } = answered(askedHost(host), "web db:5432");
    expect(causes).toEqual([
      {
        kind: "path-blocked",
        topic: "path",
        message: `packets from web to db:5432 are dropped in host: ipv4 filter DOCKER-USER rule 1: ${drop} (kept by the administrator)`,
        evidence: [
          {
            source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
            line: expect.any(Number),
            text: `[0:0] ${drop}`,
            owner: expect.objectContaining({ kind: "docker-user" }),
          },
        ],
        remedy: {
          summary: "Take the rule out, or put one before it that accepts this traffic",
          commands: ["iptables -D DOCKER-USER -p tcp -m tcp --dport 5432 -j DROP"],
          persistent: [
            "change it with iptables -D DOCKER-USER, and wherever the rule is put back at boot",
          ],
        },
      },
    ]);
  });

  test("is taken out by its number where a shell would change its text, and by the program of its backend", () => {
    const odd = `-A FORWARD -p tcp -m comment --comment "a $(reboot) b" -j DROP`;
    const numbered = bridged(askedBuilder()).withRule(odd, { at: "first" });
    expect(remedyOf(numbered)?.commands).toEqual(["iptables -D FORWARD 1"]);
    expect(remedyOf(numbered)?.persistent).toEqual(["take it out wherever it is put in at boot"]);
    const legacy = bridged(askedBuilder()).withRule("-A FORWARD -p tcp -j DROP", {
      backend: "legacy",
      table: "mangle",
    });
    expect(remedyOf(legacy)?.commands).toEqual([
      "iptables-legacy -t mangle -D FORWARD -p tcp -j DROP",
    ]);
  });

  test("is left to the firewall that keeps it", () => {
    const host = bridged(askedBuilder())
      .withChain("ufw-before-forward")
      .withRule("-A ufw-before-forward -j DROP")
      .withRule("-A FORWARD -j ufw-before-forward", { at: "first" });
    expect(remedyOf(host)).toEqual({
      summary: "Let ufw allow it; a rule that is taken out by hand comes back",
      commands: [],
      persistent: [
        "change it with ufw route allow (to containers) or ufw allow (to the host); it is kept in /etc/ufw",
      ],
    });
  });

  test("of nftables is taken out by its handle; where that is not known, it is looked for", () => {
    const guard = nftTable([[match(field("tcp", "dport"), 5432), nftDrop]]);
    const commands = (table: typeof guard) =>
      remedyOf(bridged(askedBuilder()).withNativeNft(table))?.commands;
    const handled = guard.chains.map((chain) => ({
      ...chain,
      rules: chain.rules.map((rule) => ({ ...rule, handle: 7 })),
    }));
    expect([commands({ ...guard, chains: handled }), commands(guard)]).toEqual([
      ["nft delete rule inet t base handle 7"],
      ["nft -a list chain inet t base"],
    ]);
    const closed = nftTable([], { base: { policy: "drop" } });
    expect(commands(closed)).toEqual(["docknet doctor"]);
  });

  test("in the namespace of a container is shown and taken out there", () => {
    const tables = [{ ...emptyTable("filter"), rules: ["-A INPUT -p tcp -j DROP"] }];
    const rulesets = [rulesetOf({ family: "ipv4", backend: "nf_tables", tables })];
    const closed = { ...dbInside, facts: { rulesets } };
    const [cause] = answered(askedHost(askedBuilder(), [webInside, closed]), "web db:5432").causes;
    expect([cause?.message, cause?.evidence[0]?.source, cause?.remedy?.commands]).toEqual([
      "packets from web to db:5432 are dropped in container db: ipv4 filter INPUT rule 1: -A INPUT -p tcp -j DROP",
      { kind: "command", argv: ["iptables-nft-save", "-c"], netns: sandboxPath("db") },
      [`nsenter --net=${sandboxPath("db")} iptables -D INPUT -p tcp -j DROP`],
    ]);
  });

  test("may stop the answer only", () => {
    const rule = "-A FORWARD -p tcp -m tcp --sport 5432 -j DROP";
    expect(
      told(
        answered(askedHost(bridged(askedBuilder()).withRule(rule, { at: "first" })), "web db:5432"),
      ),
    ).toEqual([
      "broken",
      `answer-blocked: answers to packets from web to db:5432 are dropped in host: ipv4 filter FORWARD rule 1: ${rule}`,
    ]);
  });
});

describe("what Docker itself closes", () => {
  test("is a network without communication between its containers", () => {
    const host = bridged(askedBuilder())
      .withNetworkChange("appnet", { icc: false })
      .withRule(`-A DOCKER-ISOLATION-STAGE-1 -i ${appBridge} -o ${appBridge} -j DROP`, {
        at: "first",
      });
    expect(remedyOf(host)?.summary).toBe(
      "appnet was made with enable_icc=false, so its containers do not reach each other: use another network for the two, or make it anew without the option",
    );
  });

  test("is an internal network towards the outside", () => {
    const host = askedBuilder()
      .withNetworkChange("appnet", { internal: true })
      .withRule(`-A DOCKER-ISOLATION-STAGE-1 -i ${appBridge} -j DROP`, { at: "first" });
    expect(remedyOf(host, "db outside:443")).toEqual({
      summary:
        "appnet is internal and has no way out by design: connect db to a network that is not",
      commands: ["docker network connect NETWORK db"],
      persistent: [],
    });
  });

  test("is several internal networks towards the outside", () => {
    const vault = aNetwork("vault", { internal: true });
    const host = askedBuilder()
      .withNetworkChange("appnet", { internal: true })
      .withNetwork(vault)
      .withContainerChange("db", {
        endpoints: [
          anEndpoint({ id: "0123456789abcdef", name: "appnet" }, "172.20.0.3/16", "172.20.0.1"),
          anEndpoint(vault, "10.8.0.3/24", undefined),
        ],
      })
      .withRule(`-A DOCKER-ISOLATION-STAGE-1 -i ${appBridge} -j DROP`, { at: "first" });
    expect(remedyOf(host, "db outside:443")?.summary).toBe(
      "appnet and vault are internal and have no way out by design: connect db to a network that is not",
    );
  });

  test("is a port that is not published", () => {
    const host = askedBuilder().withRule("-A DOCKER -j DROP", { at: "first" });
    expect(remedyOf(host, "outside db:5432")?.summary).toBe(
      "Docker itself closes this way: publish the port, or connect the two by a network of their own",
    );
  });
});

describe("an element that is no rule", () => {
  test.each([
    {
      name: "a policy",
      host: bridged(askedBuilder()).withFlushedTable("filter").withPolicy("FORWARD", "DROP"),
      question: "web db:5432",
      commands: ["docknet doctor"],
    },
    {
      name: "forwarding that is off",
      host: askedBuilder().withForwardingOff(),
      question: "web outside:443",
      commands: ["sysctl -w net.ipv4.ip_forward=1"],
    },
    {
      name: "echo requests that the kernel does not answer",
      host: askedBuilder().withSysctl("net.ipv4.icmp_echo_ignore_all", "1"),
      question: "web cannot ping host",
      commands: ["sysctl -w net.ipv4.icmp_echo_ignore_all=0"],
    },
    {
      name: "the reverse path filter",
      host: askedBuilder()
        .withLinkSetting(appBridge, { reversePathFilter: 1 })
        .withRoute(aRoute("172.20.0.0/17", "eth0")),
      question: "web outside:443",
      commands: [`sysctl -w net.ipv4.conf.${appBridge}.rp_filter=2`],
    },
  ] as const)("has its remedy: $name", ({ host, question, commands }) => {
    expect(remedyOf(host, question)?.commands).toEqual(commands);
  });

  test("a route that the host has not is the host's to get", () => {
    const host = askedBuilder().withoutRoute("0.0.0.0/0");
    const [cause] = answered(askedHost(host), "web 203.0.113.9:80").causes;
    expect([cause?.message, cause?.remedy]).toEqual([
      "packets from web to 203.0.113.9:80 are rejected in host: no route to 203.0.113.9",
      { summary: "Give the host a route", commands: [], persistent: [] },
    ]);
  });

  test("a link that is down in a container is set up there", () => {
    const links = containerFacts(dbInside).links.map((link) =>
      link.ifname === "eth0" ? { ...link, adminUp: false } : link,
    );
    const facts = { ...dbInside.facts, links };
    const host = askedHost(askedBuilder(), [webInside, { ...dbInside, facts }]);
    expect(answered(host, "web db:5432").causes[0]?.remedy?.commands).toEqual([
      `nsenter --net=${sandboxPath("db")} ip link set eth0 up`,
    ]);
  });

  test("a route that is missing in a container is put back by Docker", () => {
    const routes = containerFacts(webInside).routes.slice(1);
    const own = onAppnet("web", "172.20.0.2/16", { veth: "veth2", facts: { routes } });
    const answer = answered(askedHost(askedBuilder(), [own, dbInside]), "web host:22");
    expect([answer.causes[0]?.evidence[0], answer.causes[0]?.remedy?.commands]).toEqual([
      {
        source: {
          kind: "command",
          argv: ["ip", "route", "show", "table", "all"],
          netns: sandboxPath("web"),
        },
        text: "no route to 192.0.2.10",
      },
      [],
    ]);
  });

  test("a container that is not on its bridge is connected anew", () => {
    const away = { ...dbInside, port: { portState: "disabled" as const } };
    const [cause] = answered(askedHost(askedBuilder(), [webInside, away]), "web db:5432").causes;
    expect([cause?.message, cause?.remedy?.commands]).toEqual([
      `packets from web to db:5432 are dropped in host: ${appBridge}: port veth3 is disabled`,
      ["docker restart db"],
    ]);
  });

  test("a route that leads elsewhere is named", () => {
    const away = aRoute("172.20.0.3/32", "lo", { type: "local", routeTable: "local" });
    const host = askedBuilder()
      .withRoute(away)
      .withSocket(aSocket("tcp", 5432, "postgres"));
    const [cause] = answered(askedHost(host), "host db:5432").causes;
    expect([cause?.kind, cause?.message, cause?.evidence.map(({ text }) => text)]).toEqual([
      "ends-elsewhere",
      "packets from host to db:5432 end elsewhere: in host, by postgres",
      ["local 172.20.0.3/32 dev lo table local"],
    ]);
  });

  test("another that takes the packet is named with the translation", () => {
    const host = askedBuilder()
      .withRule("-A DOCKER-USER -j ACCEPT", { at: "first" })
      .withRule(
        "-A PREROUTING -i eth0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.3:5432",
        {
          table: "nat",
          at: "first",
        },
      );
    const answer = answered(askedHost(host), "outside host:8080");
    expect([answer.causes[0]?.message, answer.causes[0]?.evidence[0]?.text]).toEqual([
      "packets from outside to host:8080 end elsewhere: in container db",
      "destination 192.0.2.10:8080 → 172.20.0.3:5432",
    ]);
  });
});

describe("a way that tells little", () => {
  const host = askedHost(askedBuilder());
  const sides = sidesOf(host.trace, {
    from: { kind: "container", name: "web" },
    to: { kind: "container", name: "db", port: 5432 },
  });

  function look(way: Partial<TraceWay>) {
    if (!sides.ok) throw new Error(sides.message);
    const request = { fate: "dropped", endedIn: "container gone", hops: [], ...way } as const;
    const { fate } = request;
    return lookAtPath(host, sides.value, {
      fate,
      sentence: "",
      legs: [{ title: "the connection", request }],
    });
  }

  test("of a rule of IPv6 is opened by ip6tables", () => {
    const rule = {
      kind: "rule",
      family: "ipv6",
      backend: "nf_tables",
      table: "filter",
      chain: "INPUT",
      ruleNumber: 1,
      text: "-A INPUT -p tcp -j DROP",
    } as const;
    expect(look({ element: rule }).causes?.[0]?.remedy?.commands).toEqual([
      "ip6tables -D INPUT -p tcp -j DROP",
    ]);
  });

  test("is told with what there is", () => {
    const martian = {
      kind: "martian",
      what: "source",
      address: "127.0.0.1",
      ifname: "eth0",
    } as const;
    expect(
      look({ element: martian }).causes?.map(({ message, remedy }) => [message, remedy?.commands]),
    ).toEqual([
      ["packets from web to db:5432 are dropped in container gone: dropped", ["docknet doctor"]],
    ]);
    expect(look({ fate: "misdelivered" }).causes?.map(({ message }) => message)).toEqual([
      "packets from web to db:5432 end elsewhere: container gone",
    ]);
    expect(look({ fate: "delivered" }).seen?.map(({ text }) => text)).toEqual([
      "the first packet is delivered to db:5432, in a tunnel to another host; what becomes of it there is not seen from here",
    ]);
  });
});

describe("a port that docker-proxy serves", () => {
  test("is delivered by two connections", () => {
    const web = { ...webInside, sockets: [aSocket("tcp", 80, undefined)] };
    const answer = answered(askedHost(askedBuilder(), [web, dbInside]), "host host:8080");
    expect([answer.outcome, answer.seen.find(({ topic }) => topic === "path")?.text]).toEqual([
      "fine",
      "the first packet is delivered by docker-proxy in container web, and its answer comes back",
    ]);
  });
});

describe("a macvlan", () => {
  test("does not reach its host, by design", () => {
    const lan = aNetwork("lan", { driver: "macvlan", parent: "eth0", options: { parent: "eth0" } });
    const host = askedBuilder()
      .withNetwork(lan)
      .withContainer(
        aContainer("onlan", {
          networkMode: "lan",
          endpoints: [anEndpoint(lan, "192.0.2.50/24", "192.0.2.1")],
        }),
      );
    const facts = containerFacts({
      ...workerInside,
      name: "onlan",
      address: "192.0.2.50/24",
      gateway: "192.0.2.1",
    });
    const links = facts.links.map((link) =>
      link.ifname === "eth0"
        ? {
            ...link,
            linkKind: "macvlan",
            peerIfindex: 2,
            peerNetnsId: 0,
            details: { kind: "macvlan" as const, mode: "bridge" },
          }
        : link,
    );
    const onlan = {
      ...workerInside,
      name: "onlan",
      veth: "veth9",
      address: "192.0.2.50/24",
      facts: { ...workerInside.facts, links },
    };
    const fromHost = answered(askedHost(host, [onlan]), "host onlan:9000").causes[0];
    expect([fromHost?.message, fromHost?.evidence[0]?.text]).toEqual([
      "packets from host to onlan:9000 go out of host by eth0 and do not come there: lan is a macvlan network, and the host that holds its link does not reach its containers",
      "driver macvlan, parent eth0",
    ]);
    const { parent: _, ...orphan } = lan;
    const without = host.withoutNetworks("lan").withNetwork(orphan);
    expect(
      answered(askedHost(without, [onlan]), "host onlan:9000").causes[0]?.evidence[0]?.text,
    ).toBe("driver macvlan, parent of Docker's own");
    const [cause] = answered(askedHost(host, [onlan]), "onlan host:22").causes;
    expect(cause?.remedy?.summary).toBe(
      "That is so by design: give the host a macvlan link of its own on the same parent, or use a bridge network between the two",
    );
  });
});
