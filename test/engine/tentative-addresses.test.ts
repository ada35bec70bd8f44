import { expect, test } from "vitest";
import type { AnyCollector } from "../../src/collectors/define-collector.ts";
import { takeSnapshot } from "../../src/engine/take-snapshot.ts";
import { known } from "../../src/model/facts.ts";
import type { Link, LinkAddress } from "../../src/model/link.ts";
import { fakeHost, fakeInstant } from "../support/fake-host.ts";
import { aLink, linkAddress } from "../support/healthy-facts.ts";

const usable = linkAddress("2001:db8::10/64");
const checked: LinkAddress = { ...usable, flags: ["tentative"] };
const ofTheLink: LinkAddress = { ...linkAddress("fe80::10/64"), scope: "link" };
const checkedOfTheLink: LinkAddress = { ...ofTheLink, flags: ["tentative"] };

function eth0(address: LinkAddress, change: Partial<Link> = {}): Link {
  return aLink("eth0", { addresses: [address], ...change });
}

/** What each look finds, and how long docknet waited between them. */
async function lookAt(
  looks: readonly Link[],
  so: { readonly mostLooks?: number; readonly timeStandsStill?: boolean } = {},
) {
  const pauses: number[] = [];
  let asked = 0;
  const collector: AnyCollector = {
    fact: "links",
    title: "links",
    reads: [],
    needs: [],
    collect: async () => {
      const link = looks[Math.min(asked, looks.length - 1)];
      asked += 1;
      return known([link], { at: fakeInstant, sources: [] });
    },
  };
  const pause = async (ms: number) => {
    pauses.push(ms);
  };
  const { snapshot } = await takeSnapshot(fakeHost({}), {
    collectors: [collector],
    clock: {
      now: () => fakeInstant,
      elapsedMs: () => 0,
      ...(so.timeStandsStill === true ? {} : { pause }),
    },
    ...(so.mostLooks === undefined ? {} : { mostLooks: so.mostLooks }),
  });
  const { links } = snapshot.facts;
  return {
    flags: links.state === "known" ? links.value[0]?.addresses[0]?.flags : links,
    torn: snapshot.torn,
    asked,
    pauses,
  };
}

test("a host whose address is being checked is looked at again until it is in use", async () => {
  const looks = [eth0(checked), eth0(checked), eth0(usable)];
  expect(await lookAt(looks, { mostLooks: 5 })).toEqual({
    flags: [],
    torn: false,
    asked: 3,
    pauses: [1_000, 1_000],
  });
});

test("an agent waits once, and leaves to the walk what is not in use then", async () => {
  expect(await lookAt([eth0(checked)])).toEqual({
    flags: ["tentative"],
    torn: false,
    asked: 2,
    pauses: [1_000],
  });
});

test.each([
  ["in use", eth0(usable)],
  ["somebody else's", eth0({ ...checked, flags: ["tentative", "dadfailed"] })],
  ["in use while it is checked", eth0({ ...checked, flags: ["tentative", "optimistic"] })],
  ["on a link without a carrier", eth0(checked, { carrier: false })],
  ["on a link that is down", eth0(checked, { adminUp: false })],
  ["on the port of a bridge", eth0(checkedOfTheLink, { master: "docker0" })],
  ["a bridge's, of the link", eth0(checkedOfTheLink, { linkKind: "bridge" })],
])("an address that is %s costs no second look", async (_name, link) => {
  expect(await lookAt([link], { mostLooks: 5 })).toMatchObject({ asked: 1, pauses: [] });
});

test("a bundle is looked at once, as nothing in it changes", async () => {
  expect(await lookAt([eth0(checked)], { mostLooks: 5, timeStandsStill: true })).toMatchObject({
    asked: 1,
    torn: false,
  });
});
