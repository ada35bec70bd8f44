import { describe, expect, test } from "vitest";
import { elementText } from "../../../src/derive/evidence.ts";
import { followPacket } from "../../../src/derive/path/follow.ts";
import { hostPlace, type World, worldOf } from "../../../src/derive/path/world.ts";
import type { Attempt } from "../../../src/model/intent.ts";
import { aHost } from "../../support/a-host.ts";
import { aLink, appBridge, aSocket, linkAddress } from "../../support/healthy-facts.ts";
import { withIpv6 } from "../../support/host-variants.ts";
import {
  containerFacts,
  namespacesOf,
  sandboxPath,
  sandboxWith,
} from "../../support/namespaces-of-a-host.ts";
import { incoming, outgoing, withPacket } from "../../support/walked.ts";

const eth0 = 2;

/** A host whose containers have macvlan links on its uplink. */
function lan(modes: Readonly<Record<string, string>>): World {
  const facts = aHost().facts();
  const links = facts.links.map((link) =>
    link.ifname === "eth0" ? { ...link, ifindex: eth0 } : link,
  );
  const children = Object.entries(modes).map(([name, mode], at) => {
    const address = `192.0.2.${50 + at}/24`;
    const own = { name, veth: "", bridge: "", gateway: "192.0.2.1", address };
    const inside = containerFacts({ ...own, sockets: [aSocket("tcp", 443, undefined)] });
    const link = aLink("eth0", {
      ifindex: 7,
      linkKind: "macvlan",
      peerIfindex: eth0,
      peerNetnsId: 0,
      details: { kind: "macvlan", mode },
      addresses: [linkAddress(address)],
    });
    return sandboxWith(name, { ...inside, links: [...inside.links.slice(0, 1), link] });
  });
  return worldOf({ ...facts, links }, children, []);
}

function end(world: World, place: string, attempt: Attempt): string {
  const { fate, place: at, element } = followPacket(world, { place, attempt });
  return `${fate} at ${at.split("/").at(-1)}${element === undefined ? "" : `: ${elementText(element)}`}`;
}

const toSecond = withPacket(
  { ...outgoing, entry: { kind: "local" } },
  { source: "0.0.0.0", destination: "192.0.2.51" },
);

describe("macvlan links of one parent", () => {
  test.each([
    ["bridge", "bridge", "delivered at second"],
    ["bridge", "private", "dropped at second: eth0: port eth0 is a macvlan of mode private"],
    ["private", "bridge", "dropped at first: eth0: port eth0 is a macvlan of mode private"],
    ["vepa", "bridge", "unsure at first: whether the switch sends macvlan's frames back"],
    ["bridge", "vepa", "unsure at first: whether the switch sends macvlan's frames back"],
  ])("of the modes %s and %s", (first, second, expected) => {
    expect(end(lan({ first, second }), sandboxPath("first"), toSecond)).toBe(expected);
  });

  test("take every frame of their parent in mode passthru", () => {
    const ssh = withPacket(incoming, { destinationPort: 22 });
    expect(end(lan({ first: "bridge" }), hostPlace, ssh)).toBe("delivered at host");
    expect(end(lan({ first: "passthru" }), hostPlace, ssh)).toBe(
      "dropped at host: eth0: port eth0 is given to eth0 of container first, a macvlan of mode passthru",
    );
  });
});

test("NDP is answered for the addresses of the link that is asked, ARP for all of the host", () => {
  const inside = {
    name: "web",
    veth: "veth2",
    bridge: appBridge,
    gateway: "172.20.0.1",
    address: "172.20.0.2/16",
  };
  const world = namespacesOf(withIpv6(aHost()), inside);
  const toHost = (destination: string) =>
    withPacket(
      { ...outgoing, entry: { kind: "local" } },
      { family: "ipv6", source: "::", destination, destinationPort: 22 },
    );
  const lost = end(world, sandboxPath("web"), toHost("2001:db8::10"));
  expect(lost).toMatch(/^rejected at web: no route/);
  const ipv4 = withPacket(toHost("172.17.0.1"), { family: "ipv4", source: "0.0.0.0" });
  expect(end(world, sandboxPath("web"), ipv4)).toBe("delivered at host");
});
