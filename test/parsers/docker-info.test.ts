import { describe, expect, test } from "vitest";
import { parseDockerInfo } from "../../src/parsers/docker-info.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("docker-info", () => {
  test.each(fixturesOf("docker-info"))("reads $name", ({ text, expected }) => {
    expect(parseDockerInfo(text)).toStrictEqual(expected);
  });

  const noSwarm = { state: "inactive", isManager: false, remoteManagers: [] };
  const bare = {
    hostname: "h1",
    engine: { kind: "plain" },
    liveRestore: false,
    warnings: [],
    swarm: noSwarm,
  };

  test.each([
    ["no swarm at all", { Name: "h1" }],
    ["a swarm that is null", { Name: "h1", Swarm: null, FirewallBackend: null }],
    ["a swarm without a state", { Name: "h1", Swarm: { LocalNodeState: "" }, Warnings: null }],
  ])("takes %s for no swarm", (_, body) => {
    expect(parseDockerInfo(JSON.stringify(body))).toStrictEqual({
      ok: true,
      value: bare,
      ignored: [],
    });
  });

  test("reads what only some engines print", () => {
    const body = {
      Name: "h1",
      SecurityOptions: ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"],
      LiveRestoreEnabled: true,
      Warnings: ["WARNING: bridge-nf-call-iptables is disabled"],
      FirewallBackend: { Driver: "iptables", Info: [["ReloadedAt", "x"]] },
      Swarm: {
        LocalNodeState: "locked",
        Error: "Swarm is encrypted and needs to be unlocked",
        RemoteManagers: [{ Addr: "[fd00::1]:2377" }, { Addr: "manager:2377" }, { Addr: null }],
        Cluster: { DataPathPort: 0 },
      },
    };
    expect(parseDockerInfo(JSON.stringify(body))).toStrictEqual({
      ok: true,
      value: {
        hostname: "h1",
        firewallBackend: "iptables",
        engine: { kind: "rootless" },
        liveRestore: true,
        warnings: ["WARNING: bridge-nf-call-iptables is disabled"],
        swarm: {
          state: "locked",
          isManager: false,
          error: "Swarm is encrypted and needs to be unlocked",
          remoteManagers: [{ address: "fd00::1", port: 2377 }],
        },
      },
      ignored: [],
    });
  });

  test("keeps a data path port that is not the default", () => {
    const Swarm = {
      LocalNodeState: "active",
      ControlAvailable: true,
      Cluster: { DataPathPort: 7777 },
    };
    expect(parseDockerInfo(JSON.stringify({ Name: "h1", Swarm }))).toStrictEqual({
      ok: true,
      value: {
        ...bare,
        swarm: { state: "active", isManager: true, remoteManagers: [], dataPathPort: 7777 },
      },
      ignored: [],
    });
  });

  test("reads the pools that networks get their subnets from", () => {
    const DefaultAddressPools = [{ Base: "10.200.0.0/16", Size: 24 }, { Size: 24 }];
    expect(parseDockerInfo(JSON.stringify({ Name: "h1", DefaultAddressPools }))).toStrictEqual({
      ok: true,
      value: {
        ...bare,
        addressPools: [{ base: { family: "ipv4", address: "10.200.0.0", length: 16 }, size: 24 }],
      },
      ignored: [],
    });
  });

  test("refuses an answer without a name", () => {
    expect(parseDockerInfo('{"message":"page not found"}')).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message:
          "the JSON at Name is not what was expected: Invalid input: expected string, received undefined",
      },
    });
  });
});
