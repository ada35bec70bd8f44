import { describe, expect, test } from "vitest";
import { forwardPolicyDropNoDockerRules as check } from "../../../src/checks/netfilter/forward-policy-drop-no-docker-rules.ts";
import { known } from "../../../src/model/facts.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost } from "../../support/a-host.ts";
import { builtAt } from "../../support/built-facts.ts";
import { appBridge } from "../../support/healthy-facts.ts";
import { withIpv6 } from "../../support/host-variants.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

const save = { kind: "command", argv: ["iptables-nft-save", "-c"] };

describe("forward-policy-drop-no-docker-rules", () => {
  test("names the bridges whose packets fall through to the policy", () => {
    expect(verdictOf(check, aHost().withEmptyChain("FORWARD"))).toEqual({
      status: "fail",
      doubts: [],
      problems: [
        {
          subject: { kind: "chain", family: "ipv4", table: "filter", chain: "FORWARD" },
          message: `policy DROP, and no rule accepts the packets of ${appBridge}, docker0`,
          observed: "policy DROP without Docker's accepting rules",
          expected: "rules that accept what leaves and enters Docker's bridges",
          evidence: [
            { source: save, text: ":FORWARD DROP [0:0] (table filter)" },
            { source: save, text: "the chain FORWARD has no rule" },
          ],
          intents: [
            "egress:worker@bridge/ipv4/eth0",
            "egress-reply:worker@bridge/ipv4/eth0",
            "egress:web@appnet/ipv4/eth0",
            "egress-reply:web@appnet/ipv4/eth0",
          ],
        },
      ],
    });
  });

  test("names one bridge where the rules of the other are there", () => {
    const host = aHost()
      .withoutRule("-A FORWARD -i docker0 ! -o docker0 -j ACCEPT")
      .withoutRule("-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
    expect(
      problemsOf(check, host).map(({ message, evidence }) => [message, evidence[1]?.text]),
    ).toEqual([
      [
        "policy DROP, and no rule accepts the packets of docker0",
        "the chain FORWARD has 8 rules; none accepts these packets",
      ],
    ]);
  });

  test.each(["20.10", "28.5", "29.7"] as const)("takes policy DROP of %s for healthy", (engine) => {
    expect(verdictOf(check, aHost({ engine }))).toEqual(pass);
  });

  test("takes policy ACCEPT for healthy, with Docker's rules and without", () => {
    const host = aHost().withPolicy("FORWARD", "ACCEPT");
    expect(verdictOf(check, host)).toEqual(pass);
    expect(verdictOf(check, host.withEmptyChain("FORWARD"))).toEqual(pass);
  });

  test("takes rules of others that accept the packets for as good", () => {
    const host = aHost()
      .withEmptyChain("FORWARD")
      .withRule("-A FORWARD -s 172.16.0.0/12 -j ACCEPT")
      .withRule("-A FORWARD -m state --state RELATED,ESTABLISHED -j ACCEPT");
    expect(verdictOf(check, host)).toEqual(pass);
  });

  test("shows the evidence of iptables-legacy where Docker writes there", () => {
    const host = aHost().withLegacyBackend().withEmptyChain("FORWARD", { backend: "legacy" });
    expect(problemsOf(check, host).flatMap(({ evidence }) => evidence)).toEqual([
      {
        source: { kind: "command", argv: ["iptables-legacy-save", "-c"] },
        text: ":FORWARD DROP [0:0] (table filter)",
      },
      {
        source: { kind: "command", argv: ["iptables-legacy-save", "-c"] },
        text: "the chain FORWARD has no rule",
      },
    ]);
  });

  test("leaves the policy of the backend that Docker does not write to others", () => {
    const host = aHost().withPolicy("FORWARD", "DROP", { backend: "legacy" });
    expect(verdictOf(check, host)).toEqual(pass);
  });

  test("judges each family by its own rules", () => {
    const host = withIpv6(aHost()).withEmptyChain("FORWARD", { family: "ipv6" });
    expect(problemsOf(check, host).map(({ subject }) => subject)).toEqual([
      { kind: "chain", family: "ipv6", table: "filter", chain: "FORWARD" },
    ]);
  });

  test.each([
    [
      "--iptables=false",
      aHost().withOptions({ iptables: false }),
      "dockerd runs with iptables switched off",
    ],
    [
      "the nftables backend",
      aHost().withDaemon({ firewallBackend: "nftables+firewalld" }),
      "dockerd writes native nftables, not iptables",
    ],
    [
      "no container on a bridge",
      aHost().withoutContainers(),
      "no container runs on a bridge network",
    ],
  ])("is not applicable with %s", (_name, host, reason) => {
    expect(verdictOf(check, host.withEmptyChain("FORWARD"))).toEqual(notApplicable(reason));
  });

  test("passes without any ruleset: nothing drops then", () => {
    const none = known([], { at: builtAt, sources: [] });
    const host = aHost().withFact("rulesets", none);
    expect(problemsOf(check, host)).toEqual([]);
  });

  test("is unknown where native nftables decide", () => {
    const host = aHost().withUnreadableNft("nft is not installed");
    expect(verdictOf(check, host)).toEqual({
      status: "unknown",
      because: [
        { about: "4 packets that Docker promised to carry", reason: "nft is not installed" },
      ],
    });
  });
});
