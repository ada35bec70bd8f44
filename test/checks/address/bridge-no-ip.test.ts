import { describe, expect, test } from "vitest";
import { bridgeNoIp } from "../../../src/checks/address/bridge-no-ip.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost } from "../../support/a-host.ts";
import { anEndpoint, appBridge, linkAddress, prefix } from "../../support/healthy-facts.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

const summaryOf = (host: ReturnType<typeof aHost>) =>
  problemsOf(bridgeNoIp, host).map(({ subject, observed, expected, severity }) => ({
    subject,
    observed,
    expected,
    severity,
  }));

describe("bridge-no-ip", () => {
  test("names the bridge, the address that it lacks and the command that gives it back", () => {
    expect(verdictOf(bridgeNoIp, aHost().withoutAddress("docker0"))).toEqual({
      status: "fail",
      problems: [
        {
          subject: { kind: "link", name: "docker0" },
          message:
            "bridge docker0 (network bridge) lacks 172.17.0.1/16, the gateway of 172.17.0.0/16",
          observed: "no IPv4 address",
          expected: "172.17.0.1/16",
          evidence: [
            {
              source: { kind: "command", argv: ["ip", "-4", "addr", "show", "docker0"] },
              text: "docker0 has no inet line",
            },
          ],
          remedy: {
            summary: "Give docker0 its gateway address back",
            commands: ["ip addr add 172.17.0.1/16 dev docker0"],
            persistent: [
              "keep systemd-networkd, NetworkManager and dhcpcd off docker0 (Unmanaged=yes, unmanaged-devices, denyinterfaces)",
            ],
          },
        },
      ],
    });
  });

  test("shows the address that is there instead", () => {
    const host = aHost().withLinkChange(appBridge, { addresses: [linkAddress("172.20.0.1/24")] });
    expect(
      problemsOf(bridgeNoIp, host).map(({ observed, evidence }) => [observed, evidence[0]?.text]),
    ).toEqual([["172.20.0.1/24", "inet 172.20.0.1/24"]]);
  });

  test("passes where the bridges carry their gateways, among other addresses", () => {
    const host = aHost().withLinkChange("docker0", {
      addresses: [
        linkAddress("169.254.7.7/16"),
        linkAddress("fe80::1/64"),
        linkAddress("172.17.0.1/16"),
      ],
    });
    expect(verdictOf(bridgeNoIp, host)).toEqual(pass);
  });

  test("expects the containers' gateway where the network names none", () => {
    const ipam = [{ subnet: prefix("172.17.0.0/16") }];
    const host = aHost()
      .withNetworkChange("bridge", { ipam })
      .withLinkChange("docker0", { addresses: [linkAddress("172.17.0.9/16")] });
    expect(summaryOf(host)).toEqual([
      {
        subject: { kind: "link", name: "docker0" },
        observed: "172.17.0.9/16",
        expected: "172.17.0.1/16",
        severity: undefined,
      },
    ]);
  });

  test("accepts any address of the subnet where nobody names the gateway", () => {
    const host = aHost()
      .withoutContainers()
      .withNetworkChange("bridge", { ipam: [{ subnet: prefix("172.17.0.0/16") }] })
      .withLinkChange("docker0", { addresses: [linkAddress("172.17.0.42/16")] });
    expect(verdictOf(bridgeNoIp, host)).toEqual(pass);
  });

  test("warns about an empty bridge, and expects the first host where nobody names the gateway", () => {
    const host = aHost()
      .withoutContainers()
      .withNetworkChange("bridge", { ipam: [{ subnet: prefix("172.17.0.0/16") }] })
      .withoutAddress("docker0");
    expect(summaryOf(host)).toEqual([
      {
        subject: { kind: "link", name: "docker0" },
        observed: "no IPv4 address",
        expected: "172.17.0.1/16",
        severity: "warning",
      },
    ]);
  });

  test("expects an address on the bridge of an internal network too", () => {
    const host = aHost().withNetworkChange("appnet", { internal: true }).withoutAddress(appBridge);
    expect(problemsOf(bridgeNoIp, host)).toHaveLength(1);
  });

  test.each([
    ["the network is isolated", { gatewayModes: { ipv4: "isolated", ipv6: "nat" } }],
    ["the bridge is told to carry none", { inhibitIpv4: true }],
    ["the network has no IPv4", { ipv4Enabled: false }],
    ["the network is a template", { configOnly: true }],
    ["the driver is another", { driver: "macvlan" }],
  ] as const)("expects none where %s", (_name, change) => {
    const host = aHost().withNetworkChange("appnet", change).withoutAddress(appBridge);
    expect(verdictOf(bridgeNoIp, host)).toEqual(pass);
  });

  test("leaves a bridge that does not exist to others", () => {
    const host = aHost().withoutNetworks("bridge").withoutLink(appBridge);
    expect(verdictOf(bridgeNoIp, host).status).toBe("not-applicable");
  });

  test("takes no gateway from containers that name none", () => {
    const host = aHost()
      .withNetworkChange("bridge", { ipam: [{ subnet: prefix("172.17.0.0/16") }] })
      .withContainerChange("worker", {
        endpoints: [
          anEndpoint({ id: "b000000000000000", name: "bridge" }, "172.17.0.2/16", undefined),
        ],
      })
      .withoutAddress("docker0");
    expect(summaryOf(host).map(({ expected }) => expected)).toEqual(["172.17.0.1/16"]);
  });

  test("is not applicable where no bridge has to carry an address", () => {
    const host = aHost().withoutNetworks("bridge", "appnet");
    expect(verdictOf(bridgeNoIp, host)).toEqual(
      notApplicable("no Docker bridge has to carry an address"),
    );
  });

  test("is unknown of a rootless engine, whose links are elsewhere", () => {
    const host = aHost()
      .withDaemon({ engine: { kind: "rootless" } })
      .withoutAddress("docker0");
    expect(verdictOf(bridgeNoIp, host).status).toBe("unknown");
  });
});
