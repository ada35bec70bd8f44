import { describe, expect, test } from "vitest";
import { linkAsUplink, uplinks } from "../../src/derive/uplinks.ts";
import type { Facts } from "../../src/model/facts.ts";
import type { Link } from "../../src/model/link.ts";
import { aHost } from "../support/a-host.ts";
import { aLink, aRoute, linkAddress } from "../support/healthy-facts.ts";
import { withIpv6 } from "../support/host-variants.ts";

const hop = (gateway: string, outputLink: string) => [{ gateway, outputLink, flags: [] }];
const isolated = aHost().withoutRoute("0.0.0.0/0");
const names = (host: { facts(): Facts }) =>
  uplinks(host.facts(), "ipv4").map(({ ifname }) => ifname);
const outsideOf = (...addresses: Link["addresses"]) =>
  uplinks(isolated.withLinkChange("eth0", { addresses }).facts(), "ipv4").map(
    ({ outside }) => outside,
  );

describe("uplinks", () => {
  test("are the links of the default routes, with a far stand-in and the gateway", () => {
    expect(uplinks(aHost().facts(), "ipv4")).toEqual([
      {
        ifname: "eth0",
        family: "ipv4",
        hostAddress: "192.0.2.10",
        outside: ["1.1.1.1", "192.0.2.1"],
      },
    ]);
  });

  test("are judged for each family", () => {
    expect(uplinks(aHost().facts(), "ipv6")).toEqual([]);
    expect(uplinks(withIpv6(aHost()).facts(), "ipv6")).toEqual([
      {
        ifname: "eth0",
        family: "ipv6",
        hostAddress: "2001:db8::10",
        outside: ["2606:4700:4700::1111", "2001:db8::11"],
      },
    ]);
  });

  test("are both links of a multipath default route, each with its own gateway", () => {
    const host = isolated
      .withLink(aLink("eth1", { addresses: [linkAddress("198.51.100.10/24")] }))
      .withRoute(
        aRoute("default", "eth0", {
          nextHops: [...hop("192.0.2.1", "eth0"), ...hop("198.51.100.254", "eth1")],
        }),
      );
    expect(uplinks(host.facts(), "ipv4").map(({ ifname, outside }) => [ifname, outside])).toEqual([
      ["eth0", ["1.1.1.1", "192.0.2.1"]],
      ["eth1", ["1.1.1.1", "198.51.100.254"]],
    ]);
  });

  test("leave other links out as long as there is a default route", () => {
    const host = aHost().withLink(aLink("eth1", { addresses: [linkAddress("198.51.100.10/24")] }));
    expect(names(host)).toEqual(["eth0"]);
  });

  test("do not count routes of other tables and kinds for default ones", () => {
    const host = isolated
      .withLink(aLink("eth1", { addresses: [linkAddress("198.51.100.10/24")] }))
      .withRoute(aRoute("default", "eth1", { routeTable: "77" }))
      .withRoute(aRoute("default", "eth1", { type: "unreachable" }));
    expect(names(host)).toEqual(["eth0", "eth1"]);
  });

  test.each([
    ["a link that is down", aLink("x", { adminUp: false, flags: [] })],
    ["a link without a carrier", aLink("x", { flags: ["UP", "NO-CARRIER"] })],
    ["a port of Docker's bridge", aLink("x", { master: "docker0" })],
    ["a loopback", aLink("x", { flags: ["LOOPBACK", "UP"] })],
  ])("are not %s", (_name, link) => {
    const host = isolated.withLink({ ...link, addresses: [linkAddress("198.51.100.10/24")] });
    expect(names(host)).toEqual(["eth0"]);
  });

  test("may be ports of a bridge that is not Docker's", () => {
    const link = aLink("x", { master: "vmbr0", addresses: [linkAddress("198.51.100.10/24")] });
    expect(names(isolated.withLink(link))).toEqual(["eth0", "x"]);
  });

  test("need a global address", () => {
    const own = { ...linkAddress("169.254.1.1/16"), scope: "link" } as const;
    expect(outsideOf(own)).toEqual([]);
    expect(outsideOf()).toEqual([]);
  });
});

describe("the neighbour on an uplink", () => {
  test.each([
    ["the next address", "192.0.2.10/24", ["192.0.2.11"]],
    ["the one before, at the end of the subnet", "192.0.2.254/24", ["192.0.2.253"]],
    ["the other of two", "192.0.2.11/31", ["192.0.2.10"]],
    ["the other of two hosts", "192.0.2.10/30", ["192.0.2.9"]],
  ])("is %s", (_name, address, expected) => {
    expect(outsideOf(linkAddress(address))).toEqual([expected]);
  });

  test("is the other end of a point-to-point address", () => {
    expect(outsideOf({ ...linkAddress("192.0.2.10/32"), peer: "203.0.113.1" })).toEqual([
      ["203.0.113.1"],
    ]);
  });

  test("is nobody in a subnet of one", () => {
    expect(outsideOf(linkAddress("192.0.2.10/32"))).toEqual([]);
  });

  test("is nobody where the address is none", () => {
    const odd = { ...linkAddress("192.0.2.10/24"), address: "nobody" };
    expect(outsideOf(odd)).toEqual([]);
  });

  test("is not another address of the host", () => {
    expect(
      outsideOf(
        linkAddress("192.0.2.10/24"),
        linkAddress("192.0.2.11/24"),
        linkAddress("192.0.2.9/24"),
      ),
    ).toEqual([["192.0.2.12"]]);
  });

  test("is the next address of IPv6, the first of the subnet too where it has but two", () => {
    const host = aHost().withLinkChange("eth0", { addresses: [linkAddress("2001:db8::1/127")] });
    expect(uplinks(host.facts(), "ipv6").map(({ outside }) => outside)).toEqual([["2001:db8::"]]);
  });
});

describe("a link as an uplink", () => {
  test("leads nowhere further without a default route", () => {
    const host = aHost().withLink(aLink("wg0", { addresses: [linkAddress("10.8.0.1/24")] }));
    expect([
      linkAsUplink(host.facts(), "wg0", "ipv4"),
      linkAsUplink(host.facts(), "nix", "ipv4"),
    ]).toEqual([
      { ifname: "wg0", family: "ipv4", hostAddress: "10.8.0.1", outside: ["10.8.0.2"] },
      undefined,
    ]);
  });
});
