import { describe, expect, test } from "vitest";
import { checks } from "../../src/checks/index.ts";
import { evaluateCheck, worldOf } from "../../src/engine/evaluate.ts";
import { measuredOf } from "../../src/engine/measured.ts";
import { judgeSnapshot } from "../../src/engine/pipeline.ts";
import type { DockerNetwork, IpamConfig } from "../../src/model/docker.ts";
import { unknown } from "../../src/model/facts.ts";
import { refused } from "../../src/model/failure.ts";
import { parsePrefix } from "../../src/model/ip.ts";
import { aHost, type HostBuilder } from "../support/a-host.ts";

const measured = (host: HostBuilder) => measuredOf(worldOf(host.snapshot()));

function prefix(text: string) {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(`no prefix: ${text}`);
  return parsed;
}

/** Readings of the pools of one network with these subnets and endpoints. */
function poolsOf(ipam: readonly IpamConfig[], attached: readonly string[] = []) {
  const [network] = aHost().facts().dockerNetworks;
  if (network === undefined) throw new Error("the host has a network");
  const changed: DockerNetwork = {
    ...network,
    name: "app",
    ipam,
    attachments: attached.map((address) => ({
      name: address,
      addresses: [{ address, prefixLength: 24 }],
    })),
  };
  return measured(aHost().withFacts({ dockerNetworks: [changed] })).addressPools;
}

describe("address pools", () => {
  test("count what containers and the gateway can have, and what they and reserved addresses take", () => {
    const ipam = {
      subnet: prefix("10.1.0.0/29"),
      gateway: "10.1.0.1",
      auxiliaryAddresses: ["10.1.0.5"],
    };
    expect(poolsOf([ipam], ["10.1.0.2", "10.1.0.3", "192.0.2.1"])).toEqual([
      { network: "app", family: "ipv4", size: 6, used: 4 },
    ]);
  });

  test("are as large as the range that containers get addresses from", () => {
    const ipam = {
      subnet: prefix("10.1.0.0/16"),
      range: prefix("10.1.2.0/24"),
      gateway: "10.1.0.1",
    };
    expect(poolsOf([ipam], ["10.1.2.9", "10.1.9.9"])).toEqual([
      { network: "app", family: "ipv4", size: 256, used: 1 },
    ]);
  });

  test("are what the engine says where it does, and one per family", () => {
    const ipam: readonly IpamConfig[] = [
      { subnet: prefix("10.1.0.0/24"), use: { inUse: 5, available: 251 } },
      { subnet: prefix("10.2.0.0/24"), use: { inUse: 1, available: 255 } },
      { subnet: prefix("fd00::/64"), gateway: "fd00::1" },
    ];
    expect(poolsOf(ipam)).toEqual([
      { network: "app", family: "ipv4", size: 512, used: 6 },
      { network: "app", family: "ipv6", size: 2 ** 64, used: 1 },
    ]);
  });

  test("of a subnet of one address are never negative", () => {
    expect(poolsOf([{ subnet: prefix("10.1.0.1/32") }])).toEqual([
      { network: "app", family: "ipv4", size: 0, used: 0 },
    ]);
  });
});

describe("paths and published ports", () => {
  test("are counted by what becomes of them", () => {
    const { paths, publishedPorts } = measured(aHost());
    expect([paths?.map(({ kind, state }) => `${kind} ${state}`), publishedPorts]).toEqual([
      ["egress kept", "egress-reply kept", "publish kept", "publish-reply kept"],
      [
        { protocol: "tcp", state: "kept", ports: 1 },
        { protocol: "udp", state: "kept", ports: 1 },
      ],
    ]);
  });

  test("fail with the forwarding", () => {
    const { publishedPorts } = measured(aHost().withForwardingOff());
    expect(publishedPorts?.map(({ state }) => state)).toEqual(["failed", "failed"]);
  });
});

describe("the table of connections", () => {
  const none = {
    found: 0,
    invalid: 0,
    insertFailed: 0,
    dropped: 0,
    earlyDropped: 0,
    errors: 0,
    searchRestarts: 0,
    others: {},
  };

  test("sums what each CPU dropped", () => {
    const cpus = [
      { ...none, cpu: 0, dropped: 2, insertFailed: 1, chainsTooLong: 4 },
      { ...none, cpu: 1, dropped: 3, earlyDropped: 7 },
    ];
    expect(
      measured(aHost().withFacts({ conntrack: { entries: 9, limit: 10, cpus } })).conntrack,
    ).toEqual({
      entries: 9,
      limit: 10,
      drops: { tableFull: 5, insertFailed: 1, earlyDrop: 7, chainTooLong: 4 },
    });
  });

  test("has no drops where no CPU tells them", () => {
    const host = aHost().withFacts({ conntrack: { entries: 9, limit: 10 } });
    expect(measured(host).conntrack).toEqual({ entries: 9, limit: 10 });
  });
});

test("what could not be read is left out, not 0", () => {
  const gone = unknown(refused("not now"));
  const host = aHost()
    .withFact("dockerNetworks", gone)
    .withFact("conntrack", gone)
    .withFact("neighbourTables", gone)
    .withFact("networkCounters", gone)
    .withFact("sandboxes", gone);
  expect(measured(host)).toEqual({});
});

test("a check's duration is told where the clock moves, and not where it stands still", () => {
  const snapshot = aHost().snapshot();
  const [check] = checks;
  let nowMs = 0;
  const clock = {
    now: () => "2026-11-02T10:00:00.000Z",
    elapsedMs: () => {
      nowMs += 1.5;
      return nowMs;
    },
  };
  const plan = { checks: [check], suppressions: [], toolVersion: "0.0.0" };
  const durations = (so: Parameters<typeof judgeSnapshot>[1]) =>
    judgeSnapshot({ snapshot, collectors: [] }, so).outcomes.map(({ durationMs }) => durationMs);
  expect([
    durations({ ...plan, clock }),
    durations({ ...plan, clock: { ...clock, elapsedMs: () => 7 } }),
    durations(plan),
    evaluateCheck(check, worldOf(snapshot)).status,
  ]).toEqual([[1.5], [undefined], [undefined], "pass"]);
});
