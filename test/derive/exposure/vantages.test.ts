import { describe, expect, test } from "vitest";
import { surroundings } from "../../../src/derive/exposure/vantages.ts";
import { compileNetns } from "../../../src/derive/walk/compile.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { aLink, linkAddress } from "../../support/healthy-facts.ts";

function around(host: HostBuilder) {
  const facts = host.facts();
  const { vantages, doors, notes } = surroundings(facts, compileNetns(facts).fib, "ipv4");
  return {
    from: vantages.map(({ source: { kind, link = "", prefix = "" }, address }) =>
      [kind, link, prefix, address].filter(Boolean).join(" "),
    ),
    doors: doors.map(({ address, ifname }) => `${address} ${ifname}`),
    notes,
  };
}

const second = aLink("eth1", { ifindex: 9, addresses: [linkAddress("10.1.0.1/24")] });

describe("where packets come from", () => {
  test("is the far side of the default route, each link's neighbours and the host", () => {
    expect(around(aHost().withLink(second))).toEqual({
      from: [
        "far eth0 1.1.1.1",
        "neighbour eth0 192.0.2.1",
        "neighbour eth1 10.1.0.2",
        "host 0.0.0.0",
      ],
      doors: ["192.0.2.10 eth0", "10.1.0.1 eth1"],
      notes: [],
    });
  });

  test("is nobody far where no route leads out", () => {
    const { from, notes } = around(aHost().withoutRoute("0.0.0.0/0"));
    expect([from, notes]).toEqual([
      ["neighbour eth0 192.0.2.11", "host 0.0.0.0"],
      ["no default route for ipv4: nobody beyond the LAN was tried"],
    ]);
  });

  test("is not a link that is down, nor Docker's bridges", () => {
    const down = aHost().withLink({ ...second, adminUp: false, flags: [] });
    expect(around(down).doors).toEqual(["192.0.2.10 eth0"]);
  });

  test("is one of each source that rules name, by the link that leads there, beside one of all others", () => {
    const host = aHost()
      .withLink(second)
      .withRule("-A DOCKER-USER -s 192.0.2.1/32 -j DROP")
      .withRule("-A DOCKER-USER -s 10.1.0.128/25 -j DROP")
      .withRule("-A DOCKER-USER -s 1.0.0.0/8 -j DROP");
    expect(around(host).from).toEqual([
      "far eth0 8.8.8.8",
      "neighbour eth0 192.0.2.11",
      "neighbour eth1 10.1.0.2",
      "named eth0 192.0.2.1/32 192.0.2.1",
      "named eth1 10.1.0.128/25 10.1.0.129",
      "named eth0 1.0.0.0/8 1.0.0.1",
      "host 0.0.0.0",
    ]);
  });

  test("leaves out sources that nobody outside can have: one's own, containers', unroutable ones", () => {
    const host = aHost()
      .withRule("-A INPUT -s 192.0.2.10/32 -j DROP")
      .withRule("-A INPUT -s 172.20.9.9/32 -j DROP")
      .withoutRoute("0.0.0.0/0")
      .withRule("-A INPUT -s 203.0.113.0/24 -j DROP");
    expect(around(host).from).toEqual(["neighbour eth0 192.0.2.11", "host 0.0.0.0"]);
  });

  test("falls back to what there is where rules single out everybody", () => {
    const all = ["0.0.0.0/1", "128.0.0.0/1"].reduce(
      (host, prefix) => host.withRule(`-A DOCKER-USER -s ${prefix} -j RETURN`),
      aHost(),
    );
    expect(around(all).from).toEqual([
      "far eth0 1.1.1.1",
      "neighbour eth0 192.0.2.1",
      "named eth0 0.0.0.0/1 1.1.1.1",
      "named eth0 128.0.0.0/1 129.1.1.1",
      "host 0.0.0.0",
    ]);
  });

  test("is the other end of a point-to-point link, and nobody beside an address alone", () => {
    const peer = { ...linkAddress("10.9.0.1/32"), peer: "10.9.0.2" };
    const host = aHost()
      .withLink(aLink("wg0", { ifindex: 9, addresses: [peer] }))
      .withLink(aLink("eth2", { ifindex: 10, addresses: [linkAddress("10.8.0.1/32")] }));
    expect(around(host).from).toEqual([
      "far eth0 1.1.1.1",
      "neighbour eth0 192.0.2.1",
      "neighbour wg0 10.9.0.2",
      "host 0.0.0.0",
    ]);
  });

  test("is twelve links at most, and says what it left out", () => {
    const many = Array.from({ length: 14 }, (_, at) => at).reduce(
      (before, at) =>
        before.withLink(
          aLink(`vlan${at}`, { ifindex: 30 + at, addresses: [linkAddress(`10.2.${at}.1/24`)] }),
        ),
      aHost(),
    );
    const { doors, notes } = around(many);
    expect([doors.length, notes]).toEqual([
      12,
      ["3 more links with ipv4 addresses were not tried"],
    ]);
  });
});
