import { expect, test } from "vitest";
import type { AnyCollector } from "../../src/collectors/define-collector.ts";
import { takeSnapshot } from "../../src/engine/take-snapshot.ts";
import { type FactName, known, unknown } from "../../src/model/facts.ts";
import { parsePrefix } from "../../src/model/ip.ts";
import { fakeHost, fakeInstant } from "../support/fake-host.ts";
import { linkAddress } from "../support/healthy-facts.ts";

const network = {
  name: "apps",
  driver: "bridge",
  bridge: "br-apps",
  configOnly: false,
  inhibitIpv4: false,
  ipv4Enabled: true,
  gatewayModes: { ipv4: "nat", ipv6: "nat" },
  ipam: [{ subnet: parsePrefix("172.18.0.0/16") }],
  attachments: [],
};
const usual = {
  ...network,
  name: "bridge",
  bridge: "docker0",
  ipam: [{ subnet: parsePrefix("172.17.0.0/16") }],
};
const docker0 = {
  ifindex: 3,
  ifname: "docker0",
  adminUp: true,
  addresses: [linkAddress("172.17.0.1/16")],
};
const gateway = [linkAddress("172.18.0.1/16")];
const made = { ifindex: 8, ifname: "br-apps", adminUp: true, addresses: gateway };
const down = { ...made, adminUp: false };
const bare = { ...made, addresses: [] };

function collectorOf(fact: FactName, values: readonly unknown[]): AnyCollector & { asked: number } {
  const collector = {
    fact,
    title: fact,
    reads: [],
    needs: [],
    asked: 0,
    collect: async () => {
      const value = values[Math.min(collector.asked, values.length - 1)];
      collector.asked += 1;
      return known(value, { at: fakeInstant, sources: [] });
    },
  };
  return collector;
}

/** What each look finds beside docker0, which is always there. */
function lookAt(links: readonly (readonly unknown[])[], mostLooks?: number) {
  return lookAtAll(
    links.map((list) => [docker0, ...list]),
    mostLooks,
  );
}

async function lookAtAll(
  links: readonly (readonly unknown[])[],
  mostLooks?: number,
  own: unknown = network,
) {
  const pauses: number[] = [];
  const collector = collectorOf("links", links);
  const { snapshot } = await takeSnapshot(fakeHost({}), {
    collectors: [collector, collectorOf("dockerNetworks", [[own, usual]])],
    clock: {
      now: () => fakeInstant,
      elapsedMs: () => 0,
      pause: async (ms) => {
        pauses.push(ms);
      },
    },
    ...(mostLooks === undefined ? {} : { mostLooks }),
  });
  const { links: fact } = snapshot.facts;
  return {
    links: fact.state === "known" ? fact.value.filter(({ ifname }) => ifname !== "docker0") : fact,
    torn: snapshot.torn,
    asked: collector.asked,
    pauses,
  };
}

const torn = unknown({
  kind: "unparsable",
  message:
    "bridge br-apps changed each time that docknet looked; run docknet again when it is at rest",
});

test.each([
  ["down", [down]],
  ["without its address", [bare]],
  ["not there", []],
])("a bridge that is %s and stays so is judged, after one more question", async (_name, links) => {
  expect(await lookAt([links])).toEqual({ links, torn: false, asked: 2, pauses: [1_000] });
});

test.each([
  ["down", [down]],
  ["without its address", [bare]],
  ["not there", []],
])("a bridge that was %s only while it was made is looked at again", async (_name, links) => {
  expect(await lookAt([links, [made]])).toEqual({
    links: [made],
    torn: false,
    asked: 3,
    pauses: [1_000],
  });
});

test("a healthy bridge costs no question more", async () => {
  expect(await lookAt([[made]])).toEqual({ links: [made], torn: false, asked: 1, pauses: [] });
});

test.each([
  ["whose gateway mode is isolated", { gatewayModes: { ipv4: "isolated", ipv6: "nat" } }],
  ["with inhibit_ipv4", { inhibitIpv4: true }],
  ["without IPv4", { ipv4Enabled: false }],
])("a network %s has a bridge without an address, and costs no question more", async (_, as) => {
  const own = { ...network, ...as };
  const seen = await lookAtAll([[docker0, bare]], 2, own);
  expect(seen).toMatchObject({ torn: false, asked: 1, pauses: [] });
});

test("an engine whose bridges are all elsewhere costs no question more", async () => {
  const elsewhere = await lookAtAll([[{ ...made, ifname: "eth0" }]]);
  expect(elsewhere).toMatchObject({ torn: false, asked: 1, pauses: [] });
});

test("a bridge that changes in every look leaves the links unjudged, after as many looks as the plan allows", async () => {
  const changing = [[down], [made], [bare], [made], [], [made]];
  expect(await lookAt(changing)).toEqual({
    links: torn,
    torn: true,
    asked: 4,
    pauses: [1_000, 1_000],
  });
  const patient = await lookAt(changing, 3);
  expect(patient).toMatchObject({ links: torn, asked: 6 });
  expect(await lookAt(changing, 4)).toMatchObject({ links: [made], torn: false, asked: 7 });
});
