import { describe, expect, test } from "vitest";
import { elementText } from "../../../src/derive/evidence.ts";
import { followPacket, followReply } from "../../../src/derive/path/follow.ts";
import { hostPlace, type LinkEnd, type World } from "../../../src/derive/path/world.ts";
import type { Link } from "../../../src/model/link.ts";
import type { Packet } from "../../../src/model/packet.ts";
import { aHost } from "../../support/a-host.ts";
import { appBridge } from "../../support/healthy-facts.ts";
import {
  namespacesOf,
  sandboxPath,
  type WorldContainer,
} from "../../support/namespaces-of-a-host.ts";
import { outgoing, withPacket } from "../../support/walked.ts";

const web: WorldContainer = {
  name: "web",
  veth: "veth2",
  bridge: appBridge,
  gateway: "172.20.0.1",
  address: "172.20.0.2/16",
};
const db: WorldContainer = { ...web, name: "db", veth: "veth3", address: "172.20.0.3/16" };

const world = namespacesOf(aHost().withSysctl("net.bridge.bridge-nf-call-iptables", "0"), web, db);

/** The same host with one link that takes less. */
function withMtu(place: string, ifname: string, mtuBytes: number): World {
  return narrowed(world, { place, ifname, mtuBytes });
}

function narrowed(
  of: World,
  { place, ifname, mtuBytes }: LinkEnd & { readonly mtuBytes: number },
): World {
  const places = [...of.places].map(([id, own]) => {
    if (id !== place) return [id, own] as const;
    const links = [...own.netns.links].map(([name, link]): readonly [string, Link] => [
      name,
      name === ifname ? { ...link, mtuBytes } : link,
    ]);
    return [id, { ...own, netns: { ...own.netns, links: new Map(links) } }] as const;
  });
  return { ...of, places: new Map(places) };
}

/** An echo request of a container to the other, and its answer. */
function ping(on: World, sizeBytes?: number, mayFragment?: true): readonly string[] {
  const { sourcePort: _, destinationPort: __, ...packet } = outgoing.packet;
  const change: Partial<Packet> = {
    ...packet,
    protocol: "icmp",
    source: "0.0.0.0",
    destination: "172.20.0.3",
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(mayFragment ? { mayFragment } : {}),
  };
  const { expect: expected } = outgoing;
  const attempt = withPacket(
    { packet: { ...packet, protocol: "icmp" }, entry: { kind: "local" }, expect: expected },
    change,
  );
  const there = followPacket(on, { place: sandboxPath("web"), attempt });
  return [there, followReply(on, there)].flatMap((path) => {
    if (path === undefined) return [];
    const { fate, place, element } = path;
    return `${fate} at ${place.split("/").at(-1)}${element === undefined ? "" : `: ${elementText(element)}`}`;
  });
}

describe("a frame", () => {
  test.each([
    ["the port that it comes in at", "veth2", "veth2"],
    ["the port that it leaves by", "veth3", "veth3"],
  ])("is dropped where %s takes less", (_name, ifname, named) => {
    const small = withMtu(hostPlace, ifname, 1000);
    expect(ping(small, 1005)).toEqual([
      `dropped at host: ${named} takes 1000 bytes, the packet has 1005`,
    ]);
    expect(ping(small, 1004)).toEqual(["delivered at db", "delivered at web"]);
    expect(ping(small)).toEqual(["delivered at db", "delivered at web"]);
  });

  test("is dropped where the container's own end takes less than what is sent to it", () => {
    expect(ping(withMtu(sandboxPath("db"), "eth0", 1000), 1500)).toEqual([
      "dropped at db: eth0 takes 1000 bytes, the packet has 1500",
    ]);
  });

  test("is in pieces that the sender's own link takes, where the packet may be cut", () => {
    const small = withMtu(sandboxPath("web"), "eth0", 900);
    const narrow = withMtu(hostPlace, "veth3", 1000);
    expect(ping(small, 1500, true)).toEqual([
      "delivered at db",
      "dropped at web: eth0 takes 900 bytes, the packet has 1500",
    ]);
    expect(ping(narrow, 1500, true)).toEqual([
      "dropped at host: veth3 takes 1000 bytes, the packet has 1500",
    ]);
  });

  test("is cut by bridge netfilter on its way from port to port, where that looks at it", () => {
    const seeing = namespacesOf(
      aHost().withSysctl("net.bridge.bridge-nf-call-iptables", "1").withPolicy("FORWARD", "ACCEPT"),
      web,
      db,
    );
    const narrow = narrowed(seeing, { place: hostPlace, ifname: "veth3", mtuBytes: 1000 });
    const [cut] = ping(narrow, 1500, true);
    expect([cut, ping(narrow, 1500)[0]]).toEqual([
      "delivered at db",
      "dropped at host: veth3 takes 1000 bytes, the packet has 1500",
    ]);
  });
});
