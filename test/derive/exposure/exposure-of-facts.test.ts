import { describe, expect, test } from "vitest";
import { exposureOfFacts } from "../../../src/derive/exposure/exposure-of-facts.ts";
import { absent, type FactName, unknown } from "../../../src/model/facts.ts";
import { notPermitted } from "../../../src/model/failure.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";

const failure = notPermitted("iptables-save needs CAP_NET_ADMIN", "CAP_NET_ADMIN");

function answerOf(host: HostBuilder): unknown {
  const { exposure, certain } = exposureOfFacts(host.snapshot().facts, undefined);
  const { ports, notes } = exposure;
  return {
    certain,
    notes,
    ports: ports.map(({ hostPort, level, perhaps }) => `${hostPort} ${level} ${perhaps ?? "-"}`),
  };
}

describe("the exposure of a host of which a part is unknown", () => {
  test("is certain where everything is known", () => {
    expect(answerOf(aHost())).toEqual({
      certain: true,
      notes: [],
      ports: ["5353 anyone -", "8080 anyone -"],
    });
  });

  test.each([
    "links",
    "routes",
    "routingRules",
    "bridgePorts",
    "rulesets",
    "sysctls",
    "linkSettings",
    "sockets",
  ] as const)("says of no port that it is closed without %s", (name: FactName) => {
    const blind = aHost().withFact(name, unknown(failure) as never);
    const { exposure, certain } = exposureOfFacts(blind.snapshot().facts, undefined);
    const ranges = exposure.ports.map(({ level, perhaps }) => [level, perhaps]);
    expect([certain, exposure.notes[0]]).toEqual([
      false,
      `${name}: iptables-save needs CAP_NET_ADMIN`,
    ]);
    expect(ranges.length).toBe(2);
    for (const [level, perhaps] of ranges) expect([level, perhaps]).toEqual(["nobody", "anyone"]);
  });

  test("lists nothing and says so where containers are not known", () => {
    expect(answerOf(aHost().withFact("containers", unknown(failure)))).toEqual({
      certain: false,
      notes: ["containers: iptables-save needs CAP_NET_ADMIN"],
      ports: [],
    });
  });

  test("is certain that nothing is open where there is no Docker, not where it only stopped", () => {
    const gone = aHost().withFact("dockerDaemon", absent("no Docker here"));
    const stopped = aHost().withFacts({
      dockerDaemon: { state: "stopped", reason: "dockerd does not answer" },
    });
    expect([answerOf(gone), answerOf(stopped)]).toEqual([
      { certain: true, notes: ["there is no Docker here"], ports: [] },
      { certain: false, notes: ["dockerd does not answer"], ports: [] },
    ]);
  });

  test("is sure of a drop though native nftables could not be read, and of nothing else", () => {
    const unreadable = aHost().withUnreadableNft("nft is missing");
    const closed = unreadable.withRule("-A DOCKER-USER -i eth0 -j DROP", { at: "first" });
    expect(answerOf(unreadable)).toEqual({
      certain: false,
      notes: [],
      ports: ["5353 nobody anyone", "8080 nobody anyone"],
    });
    expect(answerOf(closed)).toEqual({
      certain: false,
      notes: [],
      ports: ["5353 nobody host", "8080 nobody host"],
    });
  });

  test("goes on without what tells more, and without sets, namespaces and proxies", () => {
    const reduced = (
      ["ipsets", "sandboxes", "dockerProxies", "swarmServices", "swarmNodes"] as const
    )
      .reduce((host, name) => host.withFact(name, unknown(failure) as never), aHost())
      .withFact("daemonOptions", unknown(failure));
    expect(answerOf(reduced)).toEqual(answerOf(aHost()));
  });

  test("is as unsure where nftables was not looked for, and not where the kernel has none", () => {
    const unread = aHost().withFact("nativeNft", unknown(failure));
    expect(answerOf(unread)).toEqual(answerOf(aHost().withUnreadableNft("nft is missing")));
    expect(answerOf(aHost().withFact("nativeNft", absent("none here")))).toEqual(answerOf(aHost()));
  });

  test("is not certain where containers were left out", () => {
    const { containers } = aHost().snapshot().facts;
    const gaps = ["container db could not be inspected"];
    const left = aHost().withFact("containers", { ...containers, gaps } as never);
    expect(answerOf(left)).toEqual({
      certain: false,
      notes: gaps,
      ports: ["5353 anyone -", "8080 anyone -"],
    });
  });

  test("keeps to one family where it is told to", () => {
    const { exposure } = exposureOfFacts(aHost().snapshot().facts, "ipv6");
    expect(exposure.ports).toEqual([]);
  });
});
