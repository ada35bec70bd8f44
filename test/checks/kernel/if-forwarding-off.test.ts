import { describe, expect, test } from "vitest";
import { ifForwardingOff } from "../../../src/checks/kernel/if-forwarding-off.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost } from "../../support/a-host.ts";
import { aLink, aNetwork, appBridge, linkAddress } from "../../support/healthy-facts.ts";
import { inSwarm } from "../../support/host-variants.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

const off = { forwarding: false };
const subjects = (host: ReturnType<typeof aHost>) =>
  problemsOf(ifForwardingOff, host).map(({ subject }) => subject);

describe("if-forwarding-off", () => {
  test("names the uplink, and how to make its flag last", () => {
    expect(verdictOf(ifForwardingOff, aHost().withLinkSetting("eth0", off))).toEqual({
      status: "fail",
      problems: [
        {
          subject: { kind: "sysctl", key: "net.ipv4.conf.eth0.forwarding" },
          message: "uplink eth0: what arrives on it is not forwarded",
          observed: "0",
          expected: "1",
          evidence: [
            {
              source: { kind: "command", argv: ["sysctl", "net.ipv4.conf.eth0.forwarding"] },
              text: "net.ipv4.conf.eth0.forwarding = 0",
            },
          ],
          remedy: {
            summary: "Enable forwarding on eth0",
            commands: ["sysctl -w net.ipv4.conf.eth0.forwarding=1"],
            persistent: [
              "[Network] IPv4Forwarding=yes in the .network file that matches eth0, or leave it to Docker with Unmanaged=yes",
            ],
          },
        },
      ],
    });
  });

  test("names each bridge in use, with a slash for a dot in a link's name", () => {
    const host = aHost()
      .withLinkSetting(appBridge, off)
      .withNetworkChange("bridge", { bridge: "lan.7" })
      .withLink(aLink("lan.7"))
      .withLinkSetting("lan.7", off);
    expect(subjects(host)).toEqual([
      { kind: "sysctl", key: "net.ipv4.conf.lan/7.forwarding" },
      { kind: "sysctl", key: `net.ipv4.conf.${appBridge}.forwarding` },
    ]);
  });

  test("warns that new bridges are born without the flag", () => {
    const host = aHost().withLinkSetting("default", off);
    expect(
      problemsOf(ifForwardingOff, host).map(({ subject, severity }) => [subject, severity]),
    ).toEqual([[{ kind: "sysctl", key: "net.ipv4.conf.default.forwarding" }, "warning"]]);
  });

  test("passes where bridges and uplinks forward", () => {
    expect(verdictOf(ifForwardingOff, aHost())).toEqual(pass);
  });

  test.each(["veth1", "veth2", "lo", "all"])("does not look at %s", (ifname) => {
    expect(verdictOf(ifForwardingOff, aHost().withLinkSetting(ifname, off))).toEqual(pass);
  });

  test("does not look at a bridge without endpoints", () => {
    const host = aHost()
      .withNetworkChange("bridge", { attachments: [] })
      .withLinkSetting("docker0", off);
    expect(verdictOf(ifForwardingOff, host)).toEqual(pass);
  });

  test("does not look at a link that is down", () => {
    const host = aHost().withLinkSetting("docker0", off).withLinkDown("docker0");
    expect(verdictOf(ifForwardingOff, host)).toEqual(pass);
  });

  test("does not take the empty bridge of a hypervisor for an uplink", () => {
    const flags = ["BROADCAST", "MULTICAST", "UP", "NO-CARRIER"];
    const host = aHost()
      .withoutRoute("0.0.0.0/0")
      .withLink(aLink("virbr0", { flags, addresses: [linkAddress("192.168.122.1/24")] }))
      .withLinkSetting("virbr0", off);
    expect(verdictOf(ifForwardingOff, host)).toEqual(pass);
  });

  test("looks at docker_gwbridge as soon as the swarm is active", () => {
    const host = inSwarm(aHost(), "worker")
      .withNetwork(aNetwork("docker_gwbridge", { bridge: "docker_gwbridge" }))
      .withLink(aLink("docker_gwbridge"))
      .withLinkSetting("docker_gwbridge", off);
    expect(subjects(host)).toEqual([
      { kind: "sysctl", key: "net.ipv4.conf.docker_gwbridge.forwarding" },
    ]);
  });

  test("leaves a host that does not forward at all to ip-forward-off", () => {
    expect(verdictOf(ifForwardingOff, aHost().withForwardingOff())).toEqual(
      notApplicable("net.ipv4.ip_forward is not 1: see ip-forward-off"),
    );
  });

  test("is not applicable where no routed bridge network is in use", () => {
    const host = aHost().withoutContainers().withLinkSetting("eth0", off);
    expect(verdictOf(ifForwardingOff, host)).toEqual(
      notApplicable("no routed bridge network is in use"),
    );
  });

  test("is unknown of a rootless engine, whose links are elsewhere", () => {
    const host = aHost()
      .withLinkSetting("eth0", off)
      .withDaemon({ engine: { kind: "rootless" } });
    expect(verdictOf(ifForwardingOff, host).status).toBe("unknown");
  });

  test("is unknown where a flag was not read", () => {
    expect(verdictOf(ifForwardingOff, aHost().withoutLinkSettings("eth0"))).toEqual({
      status: "unknown",
      because: [{ about: "eth0", reason: "net.ipv4.conf.eth0.forwarding was not read" }],
    });
  });
});
