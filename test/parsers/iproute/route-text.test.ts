import { describe, expect, test } from "vitest";
import { ipRouteParser, parseIpRoute, parseIpRouteText } from "../../../src/parsers/ip-route.ts";
import { fixturesOf, fixtureText } from "../../support/fixtures.ts";

describe("route-text", () => {
  test.each(fixturesOf("ip-route-text"))("reads $name", ({ text, expected }) => {
    expect(parseIpRouteText(text)).toStrictEqual(expected);
  });

  test.each(["debian12-iproute6.1--odd-routes-2.ipv4", "debian12-iproute6.1--odd-routes-2.ipv6"])(
    "reads the same from text and JSON of %s",
    (name) => {
      const fromText = parseIpRouteText(fixtureText("ip-route-text", name));
      const fromJson = parseIpRoute(fixtureText("ip-route", name));
      expect(fromText.ok && fromText.value).toStrictEqual(fromJson.ok && fromJson.value);
    },
  );

  test("takes a default route for the family that is asked for, where nothing tells it", () => {
    const lone = "default dev ppp0 scope link \n";
    const families = [parseIpRouteText(lone), parseIpRouteText(lone, "ipv6")].map(
      (read) => read.ok && read.value.map(({ family }) => family),
    );
    expect(families).toEqual([["ipv4"], ["ipv6"]]);
    const hops = "default \n\tnexthop via fd00::1 dev br0 weight 1 \n";
    const read = parseIpRouteText(hops);
    expect(read.ok && read.value.map(({ destination }) => destination.address)).toEqual(["::"]);
  });

  test("ignores aloud a word that it does not know", () => {
    const read = parseIpRouteText("10.0.0.0/8 dev eth0 via_teleport yes \n");
    expect(read.ok && read.ignored).toStrictEqual([
      {
        line: 1,
        text: "10.0.0.0/8 dev eth0 via_teleport yes ",
        reason: '"via_teleport", "yes" is not known here',
      },
    ]);
  });

  test("reads an encapsulating route without a next hop", () => {
    const read = parseIpRouteText("10.0.0.0/8 encap mpls 100 \n");
    expect(read.ok && read.ignored.map(({ reason }) => reason)).toEqual([
      "routes that encapsulate are not modelled",
    ]);
  });

  test.each([
    ["Kernel IP routing table", 1],
    ["\tnexthop via 192.0.2.1 dev eth0", 1],
    ["unicast", 1],
    ["default via 192.0.2.1 dev eth0\n\tsomething else", 2],
    ["default via nowhere dev eth0", 1],
  ])("says which line of %j it cannot read", (text, line) => {
    expect(parseIpRouteText(text)).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", line },
    });
  });

  test("keeps a route of one family out of the other's JSON", () => {
    const text = fixtureText("ip-route", "debian12-iproute6.1--odd-routes-2.ipv4");
    const read = ipRouteParser("ipv4")(text);
    expect(read.ok && new Set(read.value.map(({ family }) => family))).toEqual(new Set(["ipv4"]));
  });

  test("gives the failure of JSON that is none", () => {
    expect(parseIpRoute("[")).toMatchObject({ ok: false });
  });
});
