import { describe, expect, test } from "vitest";
import { dockerChainsFlushed } from "../../../src/checks/netfilter/docker-chains-flushed.ts";
import { known } from "../../../src/model/facts.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost } from "../../support/a-host.ts";
import { builtAt } from "../../support/built-facts.ts";
import { appBridge } from "../../support/healthy-facts.ts";
import { withIpv6 } from "../../support/host-variants.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

const save = { kind: "command", argv: ["iptables-nft-save", "-c"] };
const messages = (host: ReturnType<typeof aHost>) =>
  problemsOf(dockerChainsFlushed, host).map(({ message }) => message);

describe("docker-chains-flushed", () => {
  test("names each piece that a flush of both tables took", () => {
    const host = aHost().withFlushedTable("filter").withFlushedTable("nat");
    expect(verdictOf(dockerChainsFlushed, host)).toEqual({
      status: "fail",
      doubts: [],
      problems: [
        {
          subject: { kind: "chain", family: "ipv4", table: "nat", chain: "DOCKER" },
          message:
            "the nat chain DOCKER is gone; nat PREROUTING does not jump to DOCKER; the filter chain DOCKER is gone; the filter chain DOCKER-ISOLATION-STAGE-1 is gone or empty; FORWARD does not jump to DOCKER",
          observed: "5 of Docker's pieces are missing",
          expected: "Docker's chains, and the jumps to them",
          evidence: [
            { source: save, text: "missing: :DOCKER - [0:0] (table nat)" },
            {
              source: save,
              text: "missing: -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER (table nat)",
            },
            { source: save, text: "missing: :DOCKER - [0:0] (table filter)" },
            {
              source: save,
              text: "missing: :DOCKER-ISOLATION-STAGE-1 - [0:0] and its rules (table filter)",
            },
            { source: save, text: "missing: -A FORWARD -o <bridge> -j DOCKER (table filter)" },
          ],
        },
      ],
    });
  });

  test("looks for the chains of 28 and later on these", () => {
    const host = aHost({ engine: "28.5" }).withFlushedTable("filter");
    expect(messages(host)).toEqual([
      "the filter chain DOCKER is gone; the filter chain DOCKER-FORWARD is gone or empty; FORWARD does not jump to DOCKER-FORWARD",
    ]);
  });

  test.each(["20.10", "28.5", "29.7"] as const)("passes on a healthy %s", (engine) => {
    expect(verdictOf(dockerChainsFlushed, aHost({ engine }))).toEqual(pass);
  });

  test("passes on 28.0.0, which jumps to DOCKER by a set", () => {
    const host = aHost({ engine: "28.5" })
      .withoutRule("-A FORWARD -j DOCKER-FORWARD")
      .withRule("-A FORWARD -m set --match-set docker-ext-bridges-v4 dst -j DOCKER");
    expect(verdictOf(dockerChainsFlushed, host)).toEqual(pass);
  });

  test("finds the chains in iptables-legacy", () => {
    expect(verdictOf(dockerChainsFlushed, aHost().withLegacyBackend())).toEqual(pass);
  });

  test("notices that the jump alone is gone", () => {
    const host = aHost().withoutRule("-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER", {
      table: "nat",
    });
    expect(messages(host)).toEqual(["nat PREROUTING does not jump to DOCKER"]);
  });

  test("leaves an empty FORWARD with policy DROP to another check, and one that accepts not", () => {
    const empty = aHost().withEmptyChain("FORWARD");
    expect(verdictOf(dockerChainsFlushed, empty)).toEqual(pass);
    expect(messages(empty.withPolicy("FORWARD", "ACCEPT"))).toEqual([
      "FORWARD does not jump to DOCKER",
    ]);
  });

  test("looks at ip6tables where dockerd writes it and a bridge has IPv6", () => {
    const host = withIpv6(aHost()).withFlushedTable("nat", { family: "ipv6" });
    expect(problemsOf(dockerChainsFlushed, host).map(({ subject }) => subject)).toEqual([
      { kind: "chain", family: "ipv6", table: "nat", chain: "DOCKER" },
    ]);
    expect(verdictOf(dockerChainsFlushed, host.withOptions({ iptables: true }))).toEqual(pass);
  });

  test("asks for no ip6tables for the sake of another driver's network", () => {
    const host = aHost({ engine: "29.7" }).withNetworkChange("host", { ipv6Enabled: true });
    expect(verdictOf(dockerChainsFlushed, host)).toEqual(pass);
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
    [
      "the nftables backend by its options",
      aHost().withOptions({ iptables: true, firewallBackend: "nftables" }),
      "dockerd writes native nftables, not iptables",
    ],
    [
      "a daemon that is stopped",
      aHost().withFacts({ dockerDaemon: { state: "stopped", reason: "nobody answers" } }),
      "nobody answers",
    ],
  ])("expects nothing of %s", (_name, host, reason) => {
    const flushed = host.withFlushedTable("filter").withFlushedTable("nat");
    expect(verdictOf(dockerChainsFlushed, flushed)).toEqual(notApplicable(reason));
  });

  test("expects nothing where Docker has internal networks alone", () => {
    const host = aHost()
      .withoutNetworks("bridge")
      .withNetworkChange("appnet", { internal: true })
      .withoutRule(`-A FORWARD -o ${appBridge} -j DOCKER`)
      .withoutRule("-A FORWARD -o docker0 -j DOCKER");
    expect(verdictOf(dockerChainsFlushed, host)).toEqual(
      notApplicable("Docker has no bridge network that leads outside"),
    );
  });

  test("does not guess where dockerd's options were not seen and no chain is left", () => {
    const host = aHost().withOptions({}).withFlushedTable("filter").withFlushedTable("nat");
    expect(verdictOf(dockerChainsFlushed, host)).toEqual({
      status: "unknown",
      because: [
        {
          about: "dockerd's options",
          reason:
            "iptables holds no chain of Docker, and whether dockerd runs with iptables switched off could not be seen",
          nextStep: "run docknet as root, so that it can read dockerd's arguments",
        },
      ],
    });
  });

  test("needs no ruleset for its verdict, only for its evidence", () => {
    const none = known([], { at: builtAt, sources: [] });
    const bare = aHost().withFact("rulesets", none);
    expect(problemsOf(dockerChainsFlushed, bare).map(({ evidence }) => evidence)).toEqual([[]]);
    const empty = aHost().withTables([]);
    expect(problemsOf(dockerChainsFlushed, empty)[0]?.evidence[0]?.source).toEqual(save);
  });

  test("does not take for missing what iptables cannot print", () => {
    const host = aHost().withUnprintedTable("nat");
    expect(verdictOf(dockerChainsFlushed, host)).toEqual({
      status: "unknown",
      because: ["the nat chain DOCKER is gone", "nat PREROUTING does not jump to DOCKER"].map(
        (about) => ({
          about,
          reason: "the table nat holds nftables rules that iptables cannot print",
          nextStep: "nft list ruleset",
        }),
      ),
    });
    expect(messages(host.withFlushedTable("filter"))).toEqual([
      "the filter chain DOCKER is gone; the filter chain DOCKER-ISOLATION-STAGE-1 is gone or empty; FORWARD does not jump to DOCKER",
    ]);
  });
});
