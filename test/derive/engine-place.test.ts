import { describe, expect, test } from "vitest";
import { engineElsewhere } from "../../src/derive/engine-place.ts";
import { aHost } from "../support/a-host.ts";
import { prefix } from "../support/healthy-facts.ts";

const about = "where the engine's networks are";
const nextStep = "run docknet where the engine runs";

describe("the engine's networks", () => {
  test.each([
    ["a host as it is", aHost()],
    ["a host that was renamed", aHost().withDaemon({ hostname: "old-name" })],
    ["a kernel that is the same", aHost().withDaemon({ kernel: "6.18.44" })],
    [
      "an engine without bridges under another name",
      aHost().withDaemon({ hostname: "other" }).withoutNetworks("bridge", "appnet"),
    ],
    [
      "a virtual machine that docknet runs in",
      aHost().withDaemon({
        engine: { kind: "desktop", product: "Colima" },
        hostname: "colima",
        kernel: "6.18.44",
      }),
    ],
    [
      "a daemon that is stopped",
      aHost().withFacts({ dockerDaemon: { state: "stopped", reason: "" } }),
    ],
  ])("are taken to be here on %s", (_, host) => {
    expect(engineElsewhere(host.facts())).toBeUndefined();
  });

  test("are elsewhere where the engine is rootless", () => {
    const host = aHost().withDaemon({ engine: { kind: "rootless" } });
    expect(engineElsewhere(host.facts())).toEqual({
      about,
      reason: "the engine is rootless: its networks are in a network namespace of its own",
      nextStep:
        "run docknet as its user inside that namespace (rootlesskit's, of dockerd's process)",
    });
  });

  test("are elsewhere where the engine has another kernel, as in a virtual machine", () => {
    const host = aHost().withDaemon({ kernel: "6.10.14-linuxkit" });
    expect(engineElsewhere(host.facts())).toEqual({
      about,
      reason: "the engine runs on kernel 6.10.14-linuxkit and this host on 6.18.44",
      nextStep,
    });
  });

  test("are elsewhere where a virtual machine's kernel was not told", () => {
    const engine = { kind: "desktop", product: "Docker Desktop" } as const;
    expect(engineElsewhere(aHost().withDaemon({ engine }).facts())).toEqual({
      about,
      reason: "Docker Desktop runs its engine in a virtual machine",
      nextStep,
    });
  });

  test("are elsewhere where it has another name and no bridge of its is here, as Docker in Docker", () => {
    const { dockerDaemon, hostIdentity, dockerNetworks, links } = aHost()
      .withDaemon({ hostname: "0123456789ab" })
      .facts();
    const bridges = dockerNetworks.map(({ bridge }) => bridge);
    const others = links.filter(({ ifname }) => !bridges.includes(ifname));
    const facts = { dockerDaemon, hostIdentity, dockerNetworks, links: others };
    expect(engineElsewhere(facts)).toEqual({
      about,
      reason:
        "the engine calls its host 0123456789ab, this one is dock and has none of its bridges",
      nextStep,
    });
    expect(engineElsewhere({ dockerDaemon, hostIdentity })).toBeUndefined();
  });

  test("are elsewhere where a bridge of its name is here with addresses of another engine", () => {
    const inner = { ipam: [{ subnet: prefix("10.66.0.0/16") }] };
    const host = aHost()
      .withDaemon({ hostname: "0123456789ab" })
      .withoutNetworks("appnet")
      .withNetworkChange("bridge", inner);
    expect(engineElsewhere(host.facts())?.reason).toBe(
      "the engine calls its host 0123456789ab, this one is dock and has none of its bridges",
    );
    expect(engineElsewhere(host.withoutAddress("docker0").facts())).toBeUndefined();
    expect(engineElsewhere(host.withDaemon({ hostname: "dock" }).facts())).toBeUndefined();
  });
});
