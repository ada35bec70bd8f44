import { describe, expect, test } from "vitest";
import { aHost } from "../../support/a-host.ts";
import { appBridge, aRoute } from "../../support/healthy-facts.ts";
import { answer, fateOn, outgoing, walkOn, withPacket } from "../../support/walked.ts";

const passes = "out of eth0, 192.0.2.10 → 1.1.1.1:443";
const maybe = "-m set --match-set some src";
const unsureRule = (place: string, rule: string) =>
  `unsure: ipv4 nf_tables table ${place}: ${rule}`;

/** FORWARD as the given rules and nothing else, with user-defined chains A and B. */
function forward(...rules: readonly string[]) {
  const bare = aHost()
    .withEmptyChain("FORWARD")
    .withPolicy("FORWARD", "ACCEPT")
    .withChain("A")
    .withChain("B");
  return rules.reduce((host, rule) => host.withRule(`-A ${rule}`), bare);
}

describe("a chain", () => {
  test.each([
    ["accepts", ["FORWARD -j ACCEPT", "FORWARD -j DROP"], passes],
    ["drops", ["FORWARD -j DROP"], "dropped: ipv4 filter FORWARD rule 1: -A FORWARD -j DROP"],
    [
      "rejects",
      ["FORWARD -p udp -j DROP", "FORWARD -j REJECT --reject-with icmp-port-unreachable"],
      "rejected: ipv4 filter FORWARD rule 2: -A FORWARD -j REJECT --reject-with icmp-port-unreachable",
    ],
    [
      "counts and logs and goes on",
      ["FORWARD", "FORWARD -j LOG", `FORWARD ${maybe} -j LOG`, `FORWARD ${maybe}`],
      passes,
    ],
    [
      "returns from a built-in chain to its policy",
      ["FORWARD -j RETURN", "FORWARD -j DROP"],
      passes,
    ],
    [
      "comes back from a chain without a verdict",
      ["FORWARD -j A", "FORWARD -j DROP", "A -p udp -j ACCEPT"],
      "dropped: ipv4 filter FORWARD rule 2: -A FORWARD -j DROP",
    ],
    [
      "comes back from a chain that says RETURN",
      ["FORWARD -j A", "FORWARD -j DROP", "A -j RETURN", "A -j ACCEPT"],
      "dropped: ipv4 filter FORWARD rule 2: -A FORWARD -j DROP",
    ],
    [
      "ends with a verdict of a called chain",
      ["FORWARD -j A", "FORWARD -j DROP", "A -j ACCEPT"],
      passes,
    ],
    [
      "does not come back from a goto, but to the caller of its caller",
      ["FORWARD -j A", "FORWARD -j DROP", "A -g B", "A -j ACCEPT"],
      "dropped: ipv4 filter FORWARD rule 2: -A FORWARD -j DROP",
    ],
    [
      "meets the policy after a goto from a built-in chain",
      ["FORWARD -g A", "FORWARD -j DROP"],
      passes,
    ],
    [
      "is not sure about a queue",
      ["FORWARD -j QUEUE"],
      unsureRule("filter, rule 1 of FORWARD", "-A FORWARD -j QUEUE"),
    ],
    [
      "is not sure about a target that it does not know",
      ["FORWARD -j NFQUEUE --queue-num 3"],
      unsureRule("filter, rule 1 of FORWARD", "-A FORWARD -j NFQUEUE --queue-num 3"),
    ],
  ])("%s", (_name, rules, expected) => {
    expect(fateOn(forward(...rules), outgoing)).toBe(expected);
  });

  test("drops by its policy, and says so", () => {
    const host = forward("FORWARD -p udp -j ACCEPT").withPolicy("FORWARD", "DROP");
    expect(walkOn(host, outgoing)).toMatchObject({
      fate: "dropped",
      element: {
        kind: "policy",
        family: "ipv4",
        backend: "nf_tables",
        table: "filter",
        chain: "FORWARD",
        policy: "DROP",
      },
    });
  });
});

describe("a rule that cannot be told", () => {
  test.each([
    [
      "may drop what would pass",
      [`FORWARD ${maybe} -j DROP`],
      unsureRule("filter, rule 1 of FORWARD", `-A FORWARD ${maybe} -j DROP`),
    ],
    [
      "may reject what would pass",
      [`FORWARD ${maybe} -j REJECT`],
      unsureRule("filter, rule 1 of FORWARD", `-A FORWARD ${maybe} -j REJECT`),
    ],
    [
      "may save what would be dropped",
      [`FORWARD ${maybe} -j ACCEPT`, "FORWARD -j DROP"],
      unsureRule("filter, rule 1 of FORWARD", `-A FORWARD ${maybe} -j ACCEPT`),
    ],
    [
      "may return before what would be dropped",
      [`FORWARD ${maybe} -j RETURN`, "FORWARD -j DROP"],
      unsureRule("filter, rule 1 of FORWARD", `-A FORWARD ${maybe} -j RETURN`),
    ],
    [
      "may jump to what drops",
      [`FORWARD ${maybe} -j A`, "A -j DROP"],
      unsureRule("filter, rule 1 of FORWARD", `-A FORWARD ${maybe} -j A`),
    ],
    [
      "may go to what accepts",
      [`FORWARD ${maybe} -g A`, "FORWARD -j DROP", "A -j ACCEPT"],
      unsureRule("filter, rule 1 of FORWARD", `-A FORWARD ${maybe} -g A`),
    ],
    ["changes nothing where every branch passes", [`FORWARD ${maybe} -j ACCEPT`], passes],
    ["changes nothing where it may come back", [`FORWARD ${maybe} -j A`], passes],
  ])("%s", (_name, rules, expected) => {
    expect(fateOn(forward(...rules), outgoing)).toBe(expected);
  });

  test.each([
    [
      "in this chain",
      [`FORWARD ${maybe} -j DROP`, "FORWARD -j DROP"],
      "dropped: ipv4 filter FORWARD rule 2: -A FORWARD -j DROP",
    ],
    [
      "in the chain that it may jump to",
      [`FORWARD ${maybe} -j A`, "FORWARD -j REJECT", "A -j DROP"],
      "rejected: ipv4 filter FORWARD rule 2: -A FORWARD -j REJECT",
    ],
  ])("never wins over a certain drop where every branch drops: %s", (_name, rules, expected) => {
    expect(fateOn(forward(...rules), outgoing)).toBe(expected);
  });

  test("never wins over a drop at a later hook", () => {
    const host = forward()
      .withRule(`-A PREROUTING ${maybe} -j DROP`, { table: "raw" })
      .withRule("-A FORWARD -j DROP");
    expect(fateOn(host, outgoing)).toBe("dropped: ipv4 filter FORWARD rule 1: -A FORWARD -j DROP");
  });

  test("never wins over a forwarding flag that is off", () => {
    const host = forward().withRule(`-A PREROUTING ${maybe} -j DROP`, { table: "mangle" });
    expect(fateOn(host.withForwardingOff(), outgoing)).toBe("dropped: net.ipv4.ip_forward = 0");
  });
});

describe("a ruleset that the kernel would refuse", () => {
  test("ends where chains call each other", () => {
    expect(fateOn(forward("FORWARD -j A", "A -j B", "B -j A"), outgoing)).toMatch(
      /^unsure: chain [AB] calls itself$/,
    );
  });

  test("ends where chains call each other twice", () => {
    const host = forward("FORWARD -j A", "A -j B", "A -j B", "B -j A", "B -j A");
    expect(fateOn(host, outgoing)).toMatch(/^unsure: chain [AB] calls itself$/);
  });

  test("is not judged where a chain is missing", () => {
    const { rulesets, ...facts } = forward("FORWARD -j A").facts();
    const torn = rulesets.map((ruleset) => ({
      ...ruleset,
      tables: ruleset.tables.map((table) => ({
        ...table,
        chains: table.chains.filter(({ name }) => name !== "A"),
      })),
    }));
    expect(walkOn({ facts: () => ({ ...facts, rulesets: torn }) }, outgoing)).toMatchObject({
      fate: "unsure",
      element: { kind: "not-modelled", text: "chain A is not in the dump" },
    });
  });
});

describe("a mark", () => {
  const byMark = {
    family: "ipv4",
    priority: 100,
    inverted: false,
    mark: 7,
    action: { kind: "blackhole" },
    unrecognised: [],
  } as const;
  const lookup = (priority: number, routeTable: string) =>
    ({ ...byMark, mark: undefined, priority, action: { kind: "lookup", routeTable } }) as const;
  const rules = [lookup(0, "local"), byMark, lookup(32766, "main")].map(({ mark, ...rule }) =>
    mark === undefined ? rule : { ...rule, mark },
  );
  const marked = (rule: string) =>
    aHost()
      .withRoutingRules(...rules)
      .withRule(`-A PREROUTING ${rule}`, { table: "mangle" });

  test.each([
    ["-j MARK --set-xmark 0x7/0xffffffff", "dropped: 100: from all fwmark 0x7 blackhole"],
    ["-p udp -j MARK --set-xmark 0x7/0xffffffff", passes],
    ["-j MARK --set-xmark 0x8/0xffffffff", passes],
    [
      `${maybe} -j MARK --set-xmark 0x7/0xffffffff`,
      "unsure: routing rule 100: from all fwmark 0x7 blackhole",
    ],
  ])("%s decides the routing rule", (rule, expected) => {
    expect(fateOn(marked(rule), outgoing)).toBe(expected);
  });

  test("is kept from rule to rule and from chain to chain", () => {
    const host = marked("-j MARK --set-xmark 0x3/0xffffffff")
      .withChain("A", { table: "mangle" })
      .withRule("-A PREROUTING -j A", { table: "mangle" })
      .withRule("-A A -m mark --mark 0x3 -j MARK --set-xmark 0x4/0x4", { table: "mangle" })
      .withRule("-A PREROUTING -m mark --mark 0x7 -j DROP", { table: "mangle" });
    expect(fateOn(host, outgoing)).toBe(
      "dropped: ipv4 mangle PREROUTING rule 3: -A PREROUTING -m mark --mark 0x7 -j DROP",
    );
  });

  test("is not known after a chain that may have set it", () => {
    const host = marked(`${maybe} -j A`)
      .withChain("A", { table: "mangle" })
      .withRule("-A A -j MARK --set-xmark 0x7/0xffffffff", { table: "mangle" });
    expect(fateOn(host, outgoing)).toBe("unsure: routing rule 100: from all fwmark 0x7 blackhole");
  });
});

describe("what may send a packet elsewhere", () => {
  test.each([
    ["raw", `-A PREROUTING ${maybe} -j CT --notrack`],
    ["raw", "-A PREROUTING -p tcp -j CT --zone 3"],
    [
      "mangle",
      "-A PREROUTING -p tcp -j TPROXY --on-port 1 --on-ip 127.0.0.1 --tproxy-mark 0x1/0x1",
    ],
    ["nat", `-A PREROUTING ${maybe} -j NETMAP --to 10.0.0.0/8`],
  ])("leaves even a certain drop further on unsure: %s %s", (table, rule) => {
    const host = forward("FORWARD -j DROP").withRule(rule, { table, at: "first" });
    expect(fateOn(host, outgoing)).toBe(unsureRule(`${table}, rule 1 of PREROUTING`, rule));
  });

  test("does not concern a packet that does not meet it", () => {
    const host = forward().withRule("-A PREROUTING -p udp -j CT --zone 3", { table: "raw" });
    expect(fateOn(host, outgoing)).toBe(passes);
    expect(fateOn(host, withPacket(outgoing, { protocol: "udp" }))).toMatch(/^unsure/);
  });
});

describe("a packet that is taken from conntrack", () => {
  const host = forward().withRule("-A PREROUTING -p tcp -j CT --notrack", { table: "raw" });

  test("is not translated", () => {
    expect(fateOn(host, outgoing)).toBe("out of eth0, 172.20.0.2 → 1.1.1.1:443");
  });

  test.each([
    ["--ctstate UNTRACKED", "dropped"],
    ["! --ctstate UNTRACKED", "delivered"],
    ["--ctstate NEW,INVALID", "delivered"],
    ["! --ctdir REPLY", "delivered"],
    ["! --ctproto udp", "delivered"],
    ["--ctstate UNTRACKED --ctproto udp", "unsure"],
  ])("meets DROP with -m conntrack %s: %s", (text, fate) => {
    const dropping = host.withRule(`-A FORWARD -m conntrack ${text} -j DROP`, { at: "first" });
    expect(walkOn(dropping, outgoing).fate).toBe(fate);
  });
});

describe("NETMAP", () => {
  test.each([
    ["PREROUTING", "10.1.1.1:443", "172.20.0.2"],
    ["POSTROUTING", "1.1.1.1:443", "10.20.0.2"],
  ])("of %s replaces the bits of its prefix", (chain, destination, source) => {
    const host = aHost()
      .withRoute(aRoute("10.0.0.0/8", "eth0"))
      .withRule(`-A ${chain} -s 172.20.0.0/16 -j NETMAP --to 10.0.0.0/8`, {
        table: "nat",
        at: "first",
      });
    const masqueraded = chain === "PREROUTING" ? "192.0.2.10" : source;
    expect(fateOn(host, outgoing)).toBe(`out of eth0, ${masqueraded} → ${destination}`);
  });
});

describe("marks of a connection", () => {
  test.each([
    [["CONNMARK --set-xmark 0x3/0xffffffff"], "-m connmark --mark 0x3", "dropped"],
    [["CONNMARK --set-xmark 0x3/0x3"], "-m connmark --mark 0x1/0x1", "dropped"],
    [
      ["MARK --set-xmark 0x5/0xffffffff", "CONNMARK --save-mark --nfmask 0x4 --ctmask 0x4"],
      "-m connmark --mark 0x4",
      "dropped",
    ],
    [
      ["CONNMARK --set-xmark 0x3/0xffffffff", "CONNMARK --restore-mark --nfmask 0x1 --ctmask 0x1"],
      "-m mark --mark 0x1",
      "dropped",
    ],
    [
      ["CONNMARK --set-xmark 0x3/0xffffffff", "CONNMARK --restore-mark"],
      "-m mark ! --mark 0x3",
      "delivered",
    ],
    [
      ["MARK --set-xmark 0x5/0xffffffff", "CONNMARK --save-mark"],
      "-m connmark ! --mark 0x5",
      "delivered",
    ],
  ])("%s before %s: %s", (targets, match, fate) => {
    const marked = targets.reduce(
      (host, target) => host.withRule(`-A PREROUTING -j ${target}`, { table: "mangle" }),
      aHost(),
    );
    const host = marked.withRule(`-A FORWARD ${match} -j DROP`, { at: "first" });
    expect(walkOn(host, outgoing).fate).toBe(fate);
  });

  test("are not known of an answer", () => {
    const host = aHost().withRule("-A FORWARD -m connmark --mark 0x1 -j DROP", { at: "first" });
    expect(walkOn(host, answer).fate).toBe("unsure");
  });
});

describe("a step", () => {
  test("tells where, what was met and what came of it", () => {
    const host = forward("FORWARD -j A", "A -j ACCEPT").withRoute(aRoute("1.1.1.0/24", "eth0"));
    const { steps } = walkOn(host, outgoing);
    expect(steps.map(({ at, verdict }) => [at, verdict])).toEqual([
      ["routing", "forward"],
      ["ipv4 filter FORWARD", "jump A"],
      ["ipv4 filter A", "ACCEPT"],
      ["ipv4 nat POSTROUTING", "MASQUERADE"],
    ]);
    expect(steps[0]?.element).toEqual({
      kind: "route",
      text: "1.1.1.0/24 dev eth0",
      outputLink: "eth0",
    });
    expect(steps[3]?.element).toEqual({
      kind: "rule",
      family: "ipv4",
      backend: "nf_tables",
      table: "nat",
      chain: "POSTROUTING",
      ruleNumber: 1,
      text: `-A POSTROUTING -s 172.20.0.0/16 ! -o ${appBridge} -j MASQUERADE`,
      counters: { packets: 0, bytes: 0 },
    });
  });

  test("says that it was not certain", () => {
    const { steps } = walkOn(forward(`FORWARD ${maybe} -j DROP`), outgoing);
    expect(steps.map(({ verdict }) => verdict)).toEqual(["forward", "DROP (unsure)", "MASQUERADE"]);
  });
});
