import { describe, expect, test } from "vitest";
import { parseIpAddr } from "../../src/parsers/ip-addr.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("ip-addr", () => {
  test.each(fixturesOf("ip-addr"))("reads $name", ({ text, expected }) => {
    expect(parseIpAddr(text)).toStrictEqual(expected);
  });

  test("takes no MAC address from a tunnel, and no name from a peer elsewhere", () => {
    const text = JSON.stringify([
      {},
      {
        ifindex: 4,
        link: null,
        ifname: "gre0",
        flags: ["NOARP"],
        mtu: 1476,
        operstate: "NOT-A-STATE",
        link_type: "gre",
        address: "192.0.2.1",
        addr_info: [
          {},
          { family: "mctp", local: "8" },
          {
            family: "inet",
            local: "192.0.2.1",
            address: "192.0.2.1",
            prefixlen: 32,
            scope: "link",
          },
        ],
      },
      {
        ifindex: 5,
        link: "if9",
        link_netnsid: 3,
        ifname: "veth1",
        flags: ["UP"],
        mtu: 1500,
        operstate: "LOWERLAYERDOWN",
        link_type: "ether",
        address: "02:42:AC:11:00:02",
      },
    ]);
    expect(parseIpAddr(text)).toStrictEqual({
      ok: true,
      value: [
        {
          ifindex: 4,
          ifname: "gre0",
          flags: ["NOARP"],
          adminUp: false,
          carrier: false,
          operState: "unknown",
          mtuBytes: 1476,
          alternativeNames: [],
          addresses: [
            {
              family: "ipv4",
              address: "192.0.2.1",
              prefixLength: 32,
              scope: "link",
              flags: [],
            },
          ],
        },
        {
          ifindex: 5,
          ifname: "veth1",
          flags: ["UP"],
          adminUp: true,
          carrier: false,
          operState: "lower-layer-down",
          mtuBytes: 1500,
          mac: "02:42:ac:11:00:02",
          peerNetnsId: 3,
          alternativeNames: [],
          addresses: [],
        },
      ],
      ignored: [],
    });
  });

  test("says where an address is none", () => {
    const entry = { ifindex: 1, ifname: "lo", flags: [], mtu: 1, operstate: "UP" };
    const odd = { family: "inet", local: "127.1", prefixlen: 8, scope: "host" };
    expect(parseIpAddr(JSON.stringify([{ ...entry, addr_info: [odd] }]))).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message:
          'the JSON at [0].addr_info[0].local is not what was expected: "127.1" is not an address',
      },
    });
  });
});
