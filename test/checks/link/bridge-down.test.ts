import { describe, expect, test } from "vitest";
import { bridgeDown } from "../../../src/checks/link/bridge-down.ts";
import { notApplicable, pass } from "../../../src/model/finding.ts";
import { aHost } from "../../support/a-host.ts";
import { appBridge } from "../../support/healthy-facts.ts";
import { problemsOf, verdictOf } from "../../support/verdict-of.ts";

describe("bridge-down", () => {
  test("names the bridge, its network and how many endpoints are offline", () => {
    expect(verdictOf(bridgeDown, aHost().withLinkDown(appBridge))).toEqual({
      status: "fail",
      problems: [
        {
          subject: { kind: "link", name: appBridge },
          message: `bridge ${appBridge} (network appnet) is down; its 1 endpoints are offline`,
          observed: "<BROADCAST,MULTICAST>",
          expected: "UP",
          evidence: [
            {
              source: { kind: "command", argv: ["ip", "link", "show", appBridge] },
              text: `4: ${appBridge}: <BROADCAST,MULTICAST> mtu 1500 state DOWN`,
            },
          ],
          remedy: {
            summary: `Set ${appBridge} up; the kernel puts its routes back`,
            commands: [`ip link set ${appBridge} up`],
            persistent: [
              `keep NetworkManager, systemd-networkd and ifupdown off ${appBridge} (unmanaged-devices, Unmanaged=yes)`,
            ],
          },
        },
      ],
    });
  });

  test("warns about a bridge that is down and empty", () => {
    const host = aHost().withoutContainers().withLinkDown("docker0");
    expect(
      problemsOf(bridgeDown, host).map(({ severity, message }) => [severity, message]),
    ).toEqual([
      [
        "warning",
        "bridge docker0 (network bridge) is down; containers that are started on it will be offline",
      ],
    ]);
  });

  test("passes where the bridges are up", () => {
    expect(verdictOf(bridgeDown, aHost())).toEqual(pass);
  });

  test("passes over an empty bridge, which has no carrier by nature", () => {
    const flags = ["NO-CARRIER", "BROADCAST", "MULTICAST", "UP"];
    const host = aHost()
      .withoutContainers()
      .withLinkChange("docker0", { flags, carrier: false, operState: "down" });
    expect(verdictOf(bridgeDown, host)).toEqual(pass);
  });

  test("leaves a bridge that does not exist to others", () => {
    expect(verdictOf(bridgeDown, aHost().withoutLink(appBridge))).toEqual(pass);
  });

  test("leaves other people's bridges alone", () => {
    const host = aHost().withoutNetworks("appnet").withLinkDown(appBridge);
    expect(verdictOf(bridgeDown, host)).toEqual(pass);
  });

  test("is not applicable without bridge networks", () => {
    expect(verdictOf(bridgeDown, aHost().withoutNetworks("bridge", "appnet"))).toEqual(
      notApplicable("Docker has no bridge network"),
    );
  });

  test("is unknown of a rootless engine, whose links are elsewhere", () => {
    const host = aHost()
      .withDaemon({ engine: { kind: "rootless" } })
      .withLinkDown("docker0");
    expect(verdictOf(bridgeDown, host).status).toBe("unknown");
  });
});
