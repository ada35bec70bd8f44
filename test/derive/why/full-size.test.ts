import { describe, expect, test } from "vitest";
import { packetOf, type TracedPacket } from "../../../src/derive/trace/packet-of.ts";
import { partyOf } from "../../../src/derive/trace/party.ts";
import type { Traced } from "../../../src/derive/trace/trace.ts";
import { lookAtFullSize } from "../../../src/derive/why/full-size.ts";
import type { WhyHost } from "../../../src/derive/why/why-host.ts";
import type { Link } from "../../../src/model/link.ts";
import type { TraceHop } from "../../../src/model/trace/trace-report.ts";
import { aHost } from "../../support/a-host.ts";
import { entry, overlay } from "../../support/an-overlay.ts";
import { answered, askedBuilder, askedHost, told } from "../../support/asked-host.ts";
import { aSocket } from "../../support/healthy-facts.ts";
import { sandboxPath } from "../../support/namespaces-of-a-host.ts";
import { tracedHost } from "../../support/traced-host.ts";

/** The same host with another MTU on some links, by place and name. */
function withMtus(host: WhyHost, mtus: readonly (readonly [string, string, number])[]): WhyHost {
  const { world } = host.trace;
  const places = [...world.places].map(([id, own]) => {
    const links = [...own.netns.links].map(([name, link]): readonly [string, Link] => {
      const found = mtus.find(([place, ifname]) => place === id && ifname === name);
      return [name, found === undefined ? link : { ...link, mtuBytes: found[2] }];
    });
    return [id, { ...own, netns: { ...own.netns, links: new Map(links) } }] as const;
  });
  return { ...host, trace: { ...host.trace, world: { ...world, places: new Map(places) } } };
}

const host = askedHost(askedBuilder());
const db = sandboxPath("db");

function sizes(answer: ReturnType<typeof answered>): readonly string[] {
  return [...answer.seen, ...answer.unknown]
    .filter(({ topic }) => topic === "size")
    .map(({ text }) => text);
}

/** The first packet of a connection, as a trace would send it. */
function packetBetween(from: string, to: string): TracedPacket {
  const ends = [
    partyOf(host.trace, { kind: "container", name: from }),
    partyOf(host.trace, { kind: "container", name: to, port: 5432 }),
  ] as const;
  const [sender, target] = ends;
  if (!sender.ok || !target.ok) throw new Error("no parties");
  const packet = packetOf(host.trace, {
    from: sender.value,
    to: target.value,
    protocol: "tcp",
    family: "ipv4",
  });
  if (!packet.ok) throw new Error(packet.message);
  return packet.value;
}

describe("a full-size packet", () => {
  test("that a port of the bridge does not take is lost and nobody is told: the cause", () => {
    const answer = answered(withMtus(host, [["host", "veth3", 1000]]), "web db:5432");
    expect(answer.causes).toEqual([
      {
        kind: "link-too-small",
        topic: "size",
        message:
          "veth3 in host takes 1000 bytes and a full-size packet has 1500: it is lost and nobody is told: small requests pass, large ones hang",
        evidence: [
          {
            source: { kind: "command", argv: ["ip", "addr", "show", "veth3"] },
            text: "veth3 takes 1000 bytes, the packet has 1500",
          },
        ],
        remedy: {
          summary: "Give veth3 the MTU of the others on the way, or all of them its own",
          commands: ["ip link set dev veth3 mtu 1500"],
          persistent: [
            "the MTU of a Docker network is set when it is made: docker network create -o com.docker.network.driver.mtu=BYTES",
          ],
        },
      },
    ]);
    expect(answer.trace?.fate).toBe("delivered");
  });

  test("is as large as the smaller end allows where TCP says so, and as the sender's link for others", () => {
    const small = withMtus(host, [[db, "eth0", 1000]]);
    expect(sizes(answered(small, "web db:5432"))).toEqual([
      "a packet of 1000 bytes fits every link on the way, there and back",
    ]);
    const [cause] = answered(small, "web cannot ping db").causes;
    expect([cause?.message, cause?.remedy?.commands]).toEqual([
      "eth0 in container db takes 1000 bytes and a full-size packet has 1500: it is lost and nobody is told: small requests pass, large ones hang",
      [`nsenter --net=${db} ip link set dev eth0 mtu 1500`],
    ]);
  });

  test("whose sender is told is worth a word only", () => {
    const tunnel = withMtus(host, [["host", "eth0", 1400]]);
    expect(told(answered(tunnel, "web outside:443"))).toEqual([
      "fine",
      "note link-too-small: eth0 in host takes 1400 bytes and a full-size packet has 1500: the sender is told and sends smaller ones, unless something drops that message (ICMP)",
    ]);
  });

  test("of somebody outside is as large as the link it comes in by", () => {
    const large = withMtus(host, [["host", "eth0", 9000]]);
    const answer = answered(large, "outside host:22");
    expect(sizes(answer)).toEqual([
      "a packet of 9000 bytes fits every link on the way, there and back",
    ]);
  });

  test("that is too large with the headers of an overlay's tunnel makes the answer unsure", () => {
    const world = overlay(aHost());
    const sandboxes = [{ path: sandboxPath("web"), containers: ["web"] }];
    const trace = { ...tracedHost(aHost()), world, sandboxes };
    const on = (mtuBytes: number): WhyHost =>
      withMtus({ ...host, trace }, [[sandboxPath("web"), "eth0", mtuBytes]]);
    const answer = answered(on(1500), "web 10.0.1.9:80");
    expect(told(answer)).toEqual([
      "unsure",
      "perhaps tunnel-too-small: a full-size packet of 1500 bytes needs 1550 in the overlay's tunnel (VXLAN adds 50), and eth0 takes 1500: large packets are refused or cut, so small requests pass and large ones may hang",
    ]);
    expect(answer.suspects[0]?.remedy).toEqual({
      summary: "Give the overlay network an MTU of 1450, or the network below one of 1550",
      commands: [],
      persistent: [
        "docker network create -d overlay -o com.docker.network.driver.mtu=1450 …, and the services on it anew",
      ],
    });
    expect(answer.seen.find(({ topic }) => topic === "path")?.text).toBe(
      "the first packet is delivered out of container 1-overlay by vxlan0, in a tunnel to another host; what becomes of it there is not seen from here",
    );
    expect(answered(on(1450), "web 10.0.1.9:80").outcome).toBe("fine");
  });

  test("is not known to pass where a doubt is on its way only", () => {
    const small = answered(host, "web db:5432");
    const doubtful = askedHost(askedBuilder().withUnreadableNft("nft is missing"));
    const packet = packetBetween("web", "db");
    if (small.trace === undefined) throw new Error("no way");
    expect(lookAtFullSize(doubtful, { packet, traced: small.trace })).toEqual({
      unknown: [
        {
          topic: "size",
          text: "whether a packet of 1500 bytes passes as a small one does",
          isNeeded: true,
        },
      ],
    });
  });

  test("is not looked at where nobody knows how large it is", () => {
    const small = answered(host, "web db:5432");
    const packet = packetBetween("web", "db");
    const [one] = small.trace?.legs ?? [];
    if (one === undefined) throw new Error("no way");
    const [hop] = one.request.hops;
    if (hop === undefined) throw new Error("no hop");
    const { mtuBytes: _, ...bare } = { ...hop, name: "nowhere" };
    const traced = (hops: readonly TraceHop[]): Traced => ({
      fate: "delivered",
      sentence: "",
      legs: [{ ...one, request: { ...one.request, hops } }],
    });
    expect(
      [[], [bare]].map((hops) => lookAtFullSize(host, { packet, traced: traced(hops) })),
    ).toEqual([{}, {}]);
    expect(lookAtFullSize(host, { packet, traced: traced([hop, bare]) })).toMatchObject({
      seen: [{ text: "a packet of 1500 bytes fits every link on the way, there and back" }],
    });
  });

  test("whose tunnel ends on this very host meets no link outside", () => {
    const on = aHost().withSocket(aSocket("udp", 4789, undefined));
    const world = overlay(on, { fdb: [{ ...entry, vtep: "192.0.2.10" }] });
    const sandboxes = [{ path: sandboxPath("web"), containers: ["web"] }];
    const trace = { ...tracedHost(on), world, sandboxes };
    expect(answered({ ...host, trace }, "web 10.0.1.9:80").suspects).toEqual([]);
  });

  test("is not looked at where a small one does not pass, or stays within a namespace", () => {
    expect(sizes(answered(host, "web db:81"))).toEqual([]);
    expect(sizes(answered(host, "db db:5432"))).toEqual([]);
  });
});
