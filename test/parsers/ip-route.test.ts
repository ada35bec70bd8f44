import { describe, expect, test } from "vitest";
import { ipRouteParser } from "../../src/parsers/ip-route.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("ip-route", () => {
  test.each(fixturesOf("ip-route"))("reads $name", ({ name, text, expected }) => {
    const family = name.endsWith(".ipv6") ? "ipv6" : "ipv4";
    expect(ipRouteParser(family)(text)).toStrictEqual(expected);
  });

  test("tells the family of a default route by what it has", () => {
    const text = JSON.stringify([
      { dst: "default", gateway: "192.0.2.1", dev: "eth0", flags: [] },
      { dst: "default", prefsrc: "192.0.2.2", dev: "eth1", flags: [] },
      { dst: "default", dev: "ppp0", scope: 253, table: 77, flags: [] },
      { dst: "default", dev: "eth0", pref: "medium", flags: [] },
    ]);
    const destination = { family: "ipv4", address: "0.0.0.0", length: 0 } as const;
    const plain = { family: "ipv4", type: "unicast", destination, flags: [] } as const;
    expect(ipRouteParser("ipv4")(text)).toStrictEqual({
      ok: true,
      value: [
        {
          ...plain,
          routeTable: "main",
          nextHops: [{ gateway: "192.0.2.1", outputLink: "eth0", flags: [] }],
        },
        {
          ...plain,
          routeTable: "main",
          nextHops: [{ outputLink: "eth1", flags: [] }],
          preferredSource: "192.0.2.2",
        },
        {
          ...plain,
          routeTable: "77",
          nextHops: [{ outputLink: "ppp0", flags: [] }],
          scope: "253",
        },
      ],
      ignored: [],
    });
  });

  test("ignores aloud what it cannot model", () => {
    const text = JSON.stringify([
      { type: "xresolve", dst: "192.0.2.0/24", flags: [] },
      { dst: "2001:db8::/64", from: "2001:db8:1::/64", dev: "eth0", pref: "medium", flags: [] },
      { dst: "192.0.2.0/24", nhid: 9, flags: [] },
      { dst: "nonsense", dev: "eth0", flags: [] },
    ]);
    expect(ipRouteParser("ipv4")(text)).toStrictEqual({
      ok: true,
      value: [],
      ignored: [
        {
          line: 1,
          text: "xresolve 192.0.2.0/24 table main",
          reason: 'route type "xresolve" is not known',
        },
        {
          line: 1,
          text: "unicast 192.0.2.0/24 table main",
          reason: "only the id 9 of its next hop is shown",
        },
        {
          line: 1,
          text: "unicast nonsense table main",
          reason: "its destination is not a prefix",
        },
      ],
    });
    expect(ipRouteParser("ipv6")(text)).toStrictEqual({
      ok: true,
      value: [],
      ignored: [
        {
          line: 1,
          text: "unicast 2001:db8::/64 table main",
          reason: "routes for one source are not modelled",
        },
      ],
    });
  });

  test("says that an output was cut off", () => {
    expect(ipRouteParser("ipv4")('[{"dst":"default","gatew')).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message:
          'the answer is not JSON, or is cut off; it begins with "[{\\"dst\\":\\"default\\",\\"gatew"',
      },
    });
  });
});
