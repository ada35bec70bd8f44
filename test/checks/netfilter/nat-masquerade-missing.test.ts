import { describe, expect, test } from "vitest";
import { natMasqueradeMissing } from "../../../src/checks/netfilter/nat-masquerade-missing.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost } from "../../support/a-host.ts";
import { appBridge } from "../../support/healthy-facts.ts";
import { withIpv6 } from "../../support/host-variants.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

const rule = `-A POSTROUTING -s 172.20.0.0/16 ! -o ${appBridge} -j MASQUERADE`;
const nat = { table: "nat" };
const broken = aHost().withoutRule(rule, nat);

describe("nat-masquerade-missing", () => {
  test("names the network, and writes the rule that is missing", () => {
    expect(verdictOf(natMasqueradeMissing, broken)).toEqual({
      status: "fail",
      doubts: [],
      problems: [
        {
          subject: { kind: "network", name: "appnet" },
          message:
            "no nat rule translates 172.20.0.0/16: packets leave with sources such as 172.20.0.2",
          observed: "no matching rule in nat POSTROUTING",
          expected: rule,
          evidence: [
            {
              source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
              text: `missing: ${rule}`,
            },
          ],
          intents: ["egress:web@appnet/ipv4/eth0"],
          remedy: {
            summary: "Translate the packets of network appnet again",
            commands: [`iptables -t nat ${rule}`],
            persistent: [
              "systemctl restart docker writes all of Docker's rules anew (restarts the containers, unless live-restore is on)",
            ],
          },
        },
      ],
    });
  });

  test("passes where the network is translated", () => {
    expect(verdictOf(natMasqueradeMissing, aHost())).toEqual(pass);
  });

  test.each([
    "-A POSTROUTING -o eth0 -j MASQUERADE",
    "-A POSTROUTING -s 172.16.0.0/12 -j MASQUERADE",
  ])("has no more than a word where %s does the work, whoever made it", (other) => {
    const host = broken.withRule(other, nat);
    const found = problemsOf(natMasqueradeMissing, host);
    expect(found.map(({ severity, message, intents }) => [severity, message, intents])).toEqual([
      [
        "info",
        "Docker's own rule for 172.20.0.0/16 is gone; the packets leave translated by a rule of somebody else",
        undefined,
      ],
    ]);
  });

  test("takes SNAT to an address of the network's own for as good", () => {
    const own = `-A POSTROUTING -s 172.20.0.0/16 ! -o ${appBridge} -j SNAT --to-source 192.0.2.10`;
    expect(verdictOf(natMasqueradeMissing, broken.withRule(own, nat))).toEqual(pass);
  });

  test("says nothing of whose rule it is where iptables cannot print the table", () => {
    const host = broken
      .withRule("-A POSTROUTING -o eth0 -j MASQUERADE", nat)
      .withUnprintedTable("nat");
    const found = verdictOf(natMasqueradeMissing, host);
    expect(found.status).not.toBe("fail");
  });

  test.each([
    ["the network switches it off", { masquerade: false }],
    ["the network is routed", { gatewayModes: { ipv4: "routed", ipv6: "nat" } }],
    ["the network is isolated", { gatewayModes: { ipv4: "isolated", ipv6: "nat" } }],
    ["the network is internal", { internal: true }],
  ] as const)("expects none where %s", (_name, change) => {
    expect(verdictOf(natMasqueradeMissing, broken.withNetworkChange("appnet", change))).toEqual(
      pass,
    );
  });

  test("expects one where the network is nat-unprotected", () => {
    const host = broken.withNetworkChange("appnet", {
      gatewayModes: { ipv4: "nat-unprotected", ipv6: "nat" },
    });
    expect(problemsOf(natMasqueradeMissing, host)).toHaveLength(1);
  });

  test("expects none where dockerd runs with --ip-masq=false", () => {
    const host = broken.withOptions({ iptables: true, ipMasq: false });
    expect(verdictOf(natMasqueradeMissing, host)).toEqual(pass);
  });

  test("speaks of ip6tables for IPv6", () => {
    const ipv6Rule = `-A POSTROUTING -s fd00:a::/64 ! -o ${appBridge} -j MASQUERADE`;
    const host = withIpv6(aHost()).withoutRule(ipv6Rule, { table: "nat", family: "ipv6" });
    expect(problemsOf(natMasqueradeMissing, host).map(({ remedy }) => remedy?.commands)).toEqual([
      [`ip6tables -t nat ${ipv6Rule}`],
    ]);
  });

  test("assumes that the rule is there, in its family", () => {
    const ipv6Rule = `-A POSTROUTING -s fd00:a::/64 ! -o ${appBridge} -j MASQUERADE`;
    const ipv6 = withIpv6(aHost()).withoutRule(ipv6Rule, { table: "nat", family: "ipv6" });
    const assumed = [broken, ipv6]
      .flatMap((host) => problemsOf(natMasqueradeMissing, host))
      .map((problem) => natMasqueradeMissing.assume?.(problem));
    expect(assumed).toEqual([
      [{ kind: "masquerade-present", family: "ipv4", subnet: "172.20.0.0/16", bridge: appBridge }],
      [{ kind: "masquerade-present", family: "ipv6", subnet: "fd00:a::/64", bridge: appBridge }],
    ]);
  });

  test("says nothing of packets that are stopped before", () => {
    expect(verdictOf(natMasqueradeMissing, broken.withForwardingOff())).toEqual(pass);
  });

  test("is not applicable without containers on a bridge", () => {
    expect(verdictOf(natMasqueradeMissing, broken.withoutContainers())).toEqual(
      notApplicable("no container runs on a masqueraded network"),
    );
  });

  test("is not applicable where dockerd does not manage the firewall", () => {
    const host = broken.withOptions({ iptables: false });
    expect(verdictOf(natMasqueradeMissing, host)).toEqual(
      notApplicable("dockerd runs with iptables switched off"),
    );
  });
});
