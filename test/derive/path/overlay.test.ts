import { describe, expect, test } from "vitest";
import { elementText } from "../../../src/derive/evidence.ts";
import { followPacket, followReply, type Path } from "../../../src/derive/path/follow.ts";
import { hostPlace, type World } from "../../../src/derive/path/world.ts";
import type { Packet } from "../../../src/model/packet.ts";
import { aHost } from "../../support/a-host.ts";
import { entry, overlay, vxlan } from "../../support/an-overlay.ts";
import { sandboxPath } from "../../support/namespaces-of-a-host.ts";
import { outgoing, withPacket } from "../../support/walked.ts";

function sendOn(world: World, change: Partial<Packet> = {}): Path {
  const attempt = withPacket(
    { ...outgoing, entry: { kind: "local" } },
    { source: "0.0.0.0", destination: "10.0.1.9", ...change },
  );
  return followPacket(world, { place: sandboxPath("web"), attempt });
}

function ending({ fate, place, element }: Path): string {
  const why = element === undefined ? "" : `: ${elementText(element)}`;
  return `${fate} at ${place.split("/").at(-1)}${why}`;
}

describe("a packet to a container of another host", () => {
  test("leaves in a packet of the host to the other VTEP", () => {
    const path = sendOn(overlay(aHost()));
    expect(ending(path)).toBe("delivered at 1-overlay");
    expect(path.outer?.arrival).toEqual({
      kind: "forwarded",
      outputLink: "eth0",
      packet: {
        family: "ipv4",
        source: "192.0.2.10",
        destination: "192.0.2.20",
        protocol: "udp",
        destinationPort: 4789,
        ctState: "NEW",
        ctDirection: "ORIGINAL",
        vni: 4097,
        mayFragment: true,
      },
    });
    expect(followReply(overlay(aHost()), path)).toBeUndefined();
  });

  test("is stopped by what stops the outer packet", () => {
    const host = aHost().withRule("-A OUTPUT -p udp -m udp --dport 4789 -j DROP");
    expect(ending(sendOn(overlay(host)))).toBe(
      `dropped at ${hostPlace}: ipv4 filter OUTPUT rule 1: -A OUTPUT -p udp -m udp --dport 4789 -j DROP`,
    );
    expect(
      ending(sendOn(overlay(aHost().withoutRoute("192.0.2.0/24").withoutRoute("0.0.0.0/0")))),
    ).toBe(`rejected at ${hostPlace}: no route to 192.0.2.20`);
  });

  test.each([
    [
      "nobody told its MAC address",
      { neighbours: [] },
      "dropped at 1-overlay: link br0 does not carry 10.0.1.9",
    ],
    [
      "nobody told its VTEP",
      { fdb: [] },
      "dropped at 1-overlay: br0: port vxlan0 has no VTEP for 02:42:0a:00:01:09, which holds 10.0.1.9",
    ],
    [
      "two VTEPs are told",
      { fdb: [entry, { ...entry, vtep: "192.0.2.21" }] },
      "unsure at 1-overlay: vxlan0: 02:42:0a:00:01:09 is sent to several VTEPs, or to unknown ones",
    ],
    [
      "everybody may be asked",
      { fdb: [{ ...entry, mac: "00:00:00:00:00:00" }] },
      "unsure at 1-overlay: vxlan0: 02:42:0a:00:01:09 is sent to several VTEPs, or to unknown ones",
    ],
    [
      "packets bring their own VNI",
      { details: { kind: "vxlan", external: true, flags: [] } },
      "unsure at 1-overlay: vxlan0 takes its VNI and its VTEP from elsewhere",
    ],
    ["the link is down", { down: true }, "dropped at 1-overlay: link vxlan0 is down"],
  ] as const)("where %s", (_name, so, expected) => {
    expect(ending(sendOn(overlay(aHost(), so)))).toBe(expected);
  });

  test("takes the source that the link is bound to", () => {
    const path = sendOn(overlay(aHost(), { details: { ...vxlan, local: "172.17.0.1" } }));
    expect(path.outer?.hops[0]?.came.source).toBe("172.17.0.1");
  });
});
