import { describe, expect, test } from "vitest";
import { ipForwardOff } from "../../../src/checks/kernel/ip-forward-off.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost } from "../../support/a-host.ts";
import { aNetwork, prefix } from "../../support/healthy-facts.ts";
import { inSwarm } from "../../support/host-variants.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

const idle = notApplicable("no routed IPv4 bridge network is in use");

describe("ip-forward-off", () => {
  test("names the networks that are cut off", () => {
    expect(verdictOf(ipForwardOff, aHost().withForwardingOff())).toEqual({
      status: "fail",
      problems: [
        {
          subject: { kind: "sysctl", key: "net.ipv4.ip_forward" },
          message:
            "the host forwards no IPv4 packets; networks bridge, appnet are cut off from everything beyond the host",
          observed: "0",
          expected: "1",
          evidence: [
            {
              source: { kind: "command", argv: ["sysctl", "net.ipv4.ip_forward"] },
              text: "net.ipv4.ip_forward = 0",
            },
          ],
        },
      ],
    });
  });

  test("passes where the host forwards", () => {
    expect(verdictOf(ipForwardOff, aHost())).toEqual(pass);
  });

  test("warns where no container needs it yet", () => {
    const host = aHost().withoutContainers().withForwardingOff();
    expect(
      problemsOf(ipForwardOff, host).map(({ severity, message }) => [severity, message]),
    ).toEqual([
      [
        "warning",
        "the host forwards no IPv4 packets; containers that are started on appnet will reach nothing beyond the host",
      ],
    ]);
  });

  test("has a word where dockerd was told to leave forwarding alone, and an alarm where containers need it", () => {
    const host = aHost().withOptions({ iptables: true, ipForward: false }).withForwardingOff();
    const severities = [host.withoutContainers(), host].map((one) =>
      problemsOf(ipForwardOff, one).map(({ severity }) => severity),
    );
    expect(severities).toEqual([["info"], [undefined]]);
  });

  test("does not ask for it on a host with the empty default bridge alone", () => {
    const host = aHost().withoutContainers().withoutNetworks("appnet").withForwardingOff();
    expect(verdictOf(ipForwardOff, host)).toEqual(idle);
  });

  test("counts the empty default bridge in a swarm", () => {
    const host = inSwarm(aHost().withoutContainers().withoutNetworks("appnet"), "worker");
    expect(problemsOf(ipForwardOff, host.withForwardingOff())).toHaveLength(1);
  });

  test.each([
    ["host and none", aHost().withoutNetworks("bridge", "appnet")],
    [
      "macvlan",
      aHost()
        .withoutNetworks("bridge", "appnet")
        .withNetwork(
          aNetwork("lan", { driver: "macvlan", ipam: [{ subnet: prefix("192.0.2.0/24") }] }),
        ),
    ],
    ["internal", aHost().withoutNetworks("bridge").withNetworkChange("appnet", { internal: true })],
    [
      "IPv6 alone",
      aHost().withoutNetworks("bridge").withNetworkChange("appnet", { ipv4Enabled: false }),
    ],
  ])("does not ask for it where the networks are %s", (_name, host) => {
    expect(verdictOf(ipForwardOff, host.withForwardingOff())).toEqual(idle);
  });

  test("is unknown of a rootless engine, whose namespace has a key of its own", () => {
    const host = aHost()
      .withForwardingOff()
      .withDaemon({ engine: { kind: "rootless" } });
    expect(verdictOf(ipForwardOff, host).status).toBe("unknown");
  });

  test("is unknown where the key was not read", () => {
    expect(verdictOf(ipForwardOff, aHost().withoutSysctl("net.ipv4.ip_forward"))).toEqual({
      status: "unknown",
      because: [{ about: "net.ipv4.ip_forward", reason: "net.ipv4.ip_forward was not read" }],
    });
  });

  test("counts networks while the daemon is stopped, as far as they are known", () => {
    const stopped = { state: "stopped", reason: "nobody answers" } as const;
    const host = aHost().withFacts({ dockerDaemon: stopped });
    expect(verdictOf(ipForwardOff, host)).toEqual(pass);
  });
});
