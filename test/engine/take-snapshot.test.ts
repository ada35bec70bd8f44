import { describe, expect, test } from "vitest";
import type { AnyCollector } from "../../src/collectors/define-collector.ts";
import { collectors } from "../../src/collectors/index.ts";
import type { Progress } from "../../src/engine/plan.ts";
import { takeSnapshot } from "../../src/engine/take-snapshot.ts";
import type { HostPort } from "../../src/host/port.ts";
import { absent, type FactName, known, unknown } from "../../src/model/facts.ts";
import { notFound, timedOut } from "../../src/model/failure.ts";
import type { HostQuery } from "../../src/model/query.ts";
import {
  type FakeAnswer,
  fakeHost,
  fakeInstant,
  fakeKey,
  watchedHost,
} from "../support/fake-host.ts";

const clock = { now: () => fakeInstant, elapsedMs: () => 0 };
const list = "GET /containers/json?all=1";
const save = "iptables-nft-save -c";

function collectorOf(
  fact: FactName,
  collect: AnyCollector["collect"],
  ...needs: readonly FactName[]
): AnyCollector {
  return { fact, title: fact, reads: [], needs, collect };
}

const is = (value: unknown) => async () => known(value, { at: fakeInstant, sources: [] });
const linksOf = collectorOf("links", is([]));
const rules = collectorOf("rulesets", is(["the rules"]));

function aContainer(name: string, endpoint: string, address = "") {
  return {
    Id: name,
    Names: [`/${name}`],
    State: "running",
    NetworkSettings: { Networks: { apps: { EndpointID: endpoint, IPAddress: address } } },
  };
}

function dump(...lines: readonly string[]): string {
  return ["*filter", ":FORWARD DROP [0:0]", ...lines, "COMMIT", ""].join("\n");
}

/** A host that answers the n-th time with the n-th table, and then with the last one again. */
function changingHost(...answers: readonly Readonly<Record<string, FakeAnswer>>[]): {
  readonly host: HostPort;
  asked(query: string): number;
} {
  const counts = new Map<string, number>();
  const host: HostPort = {
    observe(query: HostQuery) {
      const key = fakeKey(query);
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      return fakeHost(answers[Math.min(count, answers.length - 1)] ?? {}).observe(query);
    },
  };
  return { host, asked: (query) => counts.get(query) ?? 0 };
}

async function snapshotOf(host: HostPort, ...own: readonly AnyCollector[]) {
  const { snapshot } = await takeSnapshot(host, { collectors: own, clock });
  return snapshot;
}

describe("a collector", () => {
  test("that throws makes its fact unknown, and leaves the others alone", async () => {
    const throwing = collectorOf("sysctls", async () => {
      throw new Error("oops");
    });
    const odd = collectorOf("routes", () => Promise.reject("oops"));
    const { facts } = await snapshotOf(fakeHost({}), throwing, odd, linksOf);
    const message = (fact: string) => `docknet's own fault while reading ${fact}: oops`;
    expect([facts.sysctls, facts.routes, facts.links.state]).toEqual([
      unknown({ kind: "unparsable", message: message("sysctls") }),
      unknown({ kind: "unparsable", message: message("routes") }),
      "known",
    ]);
  });

  test("gets what it needs, whatever the order of the plan", async () => {
    const counting = collectorOf(
      "memory",
      // The needs of this collector are erased in AnyCollector.
      async (_host, { facts }) => known(Object.keys(facts), { at: fakeInstant, sources: [] }),
      "links",
    );
    const { facts } = await snapshotOf(fakeHost({}), counting, linksOf);
    expect(facts.memory).toMatchObject({ state: "known", value: ["links"] });
  });

  test.each([
    ["unknown", unknown(notFound("no ip"))],
    ["absent", absent("no docker")],
  ])("whose need is %s shares its fate", async (_name, fact) => {
    const needing = collectorOf("memory", is(1), "links");
    const { facts } = await snapshotOf(
      fakeHost({}),
      needing,
      collectorOf("links", async () => fact),
    );
    expect(facts.memory).toEqual(fact);
  });

  test("whose need was left out is unknown, and so is every fact without a collector", async () => {
    const { facts } = await snapshotOf(fakeHost({}), collectorOf("memory", is(1), "links"));
    const left = unknown({ kind: "not-recorded", message: "links was not collected in this run" });
    expect([facts.memory, facts.links]).toEqual([left, left]);
    expect(Object.values(facts).every(({ state }) => state === "unknown")).toBe(true);
  });

  test("shares the answers of others to the same question", async () => {
    const { host, asked } = watchedHost({ "ip -j rule": "[]" });
    const query = { kind: "command", argv: ["ip", "-j", "rule"] } as const;
    const asking = (fact: FactName) =>
      collectorOf(fact, async (port) => {
        await port.observe(query);
        return known([], { at: fakeInstant, sources: [] });
      });
    await snapshotOf(host, asking("links"), asking("routes"), asking("memory"));
    expect(asked.filter((key) => key === "ip -j rule")).toHaveLength(1);
  });

  test("is told of, with how long it took and what it passed over", async () => {
    const ignored = [{ line: 3, text: "?", reason: "odd" }];
    const told: Progress[] = [];
    const failure = notFound("no ip");
    let elapsed = 0;
    const { collectors: outcomes } = await takeSnapshot(fakeHost({}), {
      collectors: [
        collectorOf("links", async () => known([], { at: fakeInstant, sources: [], ignored })),
        collectorOf("routes", async () => unknown(failure)),
        collectorOf("containers", async () => absent("no docker")),
      ],
      clock: {
        now: () => fakeInstant,
        elapsedMs: () => {
          elapsed += 1;
          return elapsed;
        },
      },
      onProgress: (progress) => told.push(progress),
    });
    expect(outcomes.map(({ durationMs: _durationMs, ...outcome }) => outcome)).toEqual([
      { fact: "links", state: "known", ignoredLines: 1, ignored },
      { fact: "routes", state: "unknown", ignoredLines: 0, reason: "no ip", failure },
      { fact: "containers", state: "absent", ignoredLines: 0, reason: "no docker" },
    ]);
    expect(outcomes.every(({ durationMs }) => durationMs > 0)).toBe(true);
    expect(told).toEqual([
      { kind: "collecting", fact: "links", done: 1, of: 3 },
      { kind: "collecting", fact: "routes", done: 2, of: 3 },
      { kind: "collecting", fact: "containers", done: 3, of: 3 },
    ]);
  });
});

describe("a host that answers nothing", () => {
  test("gives a snapshot of which nothing is known, and no exception", async () => {
    const { facts, torn } = await snapshotOf(fakeHost({}), ...collectors);
    expect(torn).toBe(false);
    const known = Object.entries(facts).filter(([, { state }]) => state === "known");
    // What these hold says by itself what could not be read.
    expect(known.map(([name]) => name)).toEqual(["routeSightings", "nativeNft", "daemonOptions"]);
  });

  test("is not asked again by a Docker socket that hangs", async () => {
    const { host, asked } = changingHost({ [list]: timedOut("no answer", 10) });
    await snapshotOf(host, ...collectors);
    expect(asked(list)).toBe(1);
  });
});

describe("a host that moves", () => {
  const calm = { [list]: JSON.stringify([aContainer("web", "e1")]), [save]: dump() };
  const restarted = { ...calm, [list]: JSON.stringify([aContainer("web", "e2")]) };
  const containers = collectorOf("containers", is([{ name: "web" }, { name: "api" }]));

  test("is looked at once where it is at rest", async () => {
    const { host, asked } = changingHost(calm);
    expect(await snapshotOf(host, linksOf)).toMatchObject({ torn: false, moving: [] });
    expect(asked(save)).toBe(2);
  });

  test("is looked at once more, and whole if it is at rest then", async () => {
    const { host, asked } = changingHost(calm, restarted);
    const { torn, moving, facts } = await snapshotOf(host, containers, rules);
    expect([torn, moving, facts.containers.state, facts.rulesets.state]).toEqual([
      false,
      [],
      "known",
      "known",
    ]);
    expect(asked(save)).toBe(4);
  });

  test("loses what moved twice, and nothing else", async () => {
    const again = { ...calm, [list]: JSON.stringify([aContainer("web", "e3")]) };
    const { host } = changingHost(calm, restarted, restarted, again);
    expect(await snapshotOf(host, containers, rules)).toMatchObject({
      torn: true,
      moving: ["web"],
      facts: {
        containers: { state: "known", value: [{ name: "api" }] },
        rulesets: { state: "known" },
      },
    });
  });

  test("loses its rulesets where somebody changes them twice", async () => {
    const with_ = (rule: string) => ({
      ...calm,
      [save]: dump(`[0:0] -A FORWARD -s ${rule} -j DROP`),
    });
    const { host } = changingHost(
      with_("203.0.113.1/32"),
      with_("203.0.113.2/32"),
      with_("203.0.113.3/32"),
      with_("203.0.113.4/32"),
    );
    const { facts, torn } = await snapshotOf(host, rules, linksOf);
    expect(torn).toBe(true);
    expect(facts.rulesets).toEqual(
      unknown({
        kind: "unparsable",
        message:
          "the firewall changed each time that docknet looked (such as `*filter -A FORWARD -s 203.0.113.3/32 -j DROP`); run docknet again when it is at rest",
      }),
    );
    expect(facts.links.state).toBe("known");
  });

  test("keeps its rulesets where whoever sets the firewall up is done before the last look that the plan allows", async () => {
    const ruled = (count: number) => ({
      ...calm,
      [save]: dump(...["-A FORWARD -j A", "-A FORWARD -j B", "-A FORWARD -j C"].slice(0, count)),
    });
    const answers = [
      ruled(0),
      ruled(1),
      ruled(1),
      ruled(2),
      ruled(2),
      ruled(3),
      ruled(3),
      ruled(3),
    ];
    const stateWith = async (mostLooks: number) => {
      const { host } = changingHost(...answers);
      const plan = { collectors: [rules], clock, mostLooks };
      return (await takeSnapshot(host, plan)).snapshot.facts.rulesets.state;
    };
    expect([await stateWith(3), await stateWith(4)]).toEqual(["unknown", "known"]);
  });

  test.each([
    [3_000, 3],
    [3_500, 2],
  ])(
    "whose looks take %i ms is looked at %i times: one more could outlast the run",
    async (tookMs, looks) => {
      const ruled = (count: number) => ({ ...calm, [save]: dump(`-A FORWARD -j CHAIN-${count}`) });
      const { host, asked } = changingHost(...Array.from({ length: 12 }, (_, at) => ruled(at)));
      let elapsed = 0;
      const slow: AnyCollector = {
        ...rules,
        collect: async () => {
          elapsed += tookMs;
          return known(["the rules"], { at: fakeInstant, sources: [] });
        },
      };
      const slowClock = { now: () => fakeInstant, elapsedMs: () => elapsed };
      await takeSnapshot(host, { collectors: [slow], clock: slowClock, mostLooks: 4 });
      expect(asked(save)).toBe(2 * looks);
    },
  );

  test("keeps its rulesets where a container that restarts again and again changes its own", async () => {
    const looping = (turn: number) => ({
      [list]: JSON.stringify([
        aContainer("looping", `e${turn}`, "172.17.0.9"),
        aContainer("web", "e1", "172.17.0.2"),
      ]),
      [save]: dump(
        ...(turn % 2 === 0
          ? []
          : [
              "[0:0] -A DOCKER -d 172.17.0.9/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT",
            ]),
      ),
    });
    const { host } = changingHost(looping(1), looping(2), looping(3), looping(4));
    expect(await snapshotOf(host, rules)).toMatchObject({
      torn: true,
      moving: ["looping"],
      facts: { rulesets: { state: "known" } },
    });
  });

  test.each([
    ["of a container that stayed", "-A DOCKER -d 172.17.0.2/32 -j ACCEPT", true],
    [
      "of a private address, while no container moves",
      "-A INPUT -s 192.168.1.50/32 -j DROP",
      false,
    ],
    ["of no address at all", "-A INPUT -j DROP", true],
  ])("loses its rulesets by a rule %s", async (_name, rule, moves) => {
    const turn = (count: number) => ({
      [list]: JSON.stringify([
        aContainer("looping", moves ? `e${count}` : "e", "172.17.0.9"),
        aContainer("web", "e1", "172.17.0.2"),
      ]),
      [save]: dump(...(count % 2 === 0 ? [] : [`[0:0] ${rule}`])),
    });
    const { host } = changingHost(turn(1), turn(2), turn(3), turn(4));
    const { facts } = await snapshotOf(host, rules);
    expect(facts.rulesets.state).toBe("unknown");
  });

  test("is at rest where counters alone change", async () => {
    const counted = (count: number) => ({
      ...calm,
      [save]: dump(`[${count}:${count}] -A FORWARD -j ACCEPT`).replace("[0:0]", `[${count}:9]`),
    });
    const { host, asked } = changingHost(counted(1), counted(2));
    expect((await snapshotOf(host, rules)).torn).toBe(false);
    expect(asked(save)).toBe(2);
  });

  test("is compared by iptables-legacy only where the kernel names its tables", async () => {
    const names = "cat /proc/net/ip_tables_names";
    const legacy = "iptables-legacy-save -c";
    const without = changingHost({ ...calm, [names]: "" });
    const with_ = changingHost({ ...calm, [names]: "filter\n", [legacy]: dump() });
    await snapshotOf(without.host, linksOf);
    await snapshotOf(with_.host, linksOf);
    expect([without.asked(legacy), with_.asked(legacy)]).toEqual([0, 2]);
  });
});
