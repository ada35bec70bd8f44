import { describe, expect, test } from "vitest";
import { parseRouteGet } from "../../../src/parsers/iproute/route-get.ts";
import { fixturesOf } from "../../support/fixtures.ts";

describe("route-get", () => {
  test.each(fixturesOf("route-get"))("reads $name", ({ text, expected }) => {
    expect(parseRouteGet(text)).toEqual({ ok: true, value: expected, ignored: [] });
  });

  test.each(["unreachable", "blackhole", "prohibit"])(
    "takes a route of type %s for a refusal",
    (type) => {
      const text = JSON.stringify([{ type, dst: "1.1.1.1", dev: "lo" }]);
      expect(parseRouteGet(text)).toMatchObject({ ok: true, value: { kind: "refused" } });
    },
  );

  test("reads a gateway of the other family", () => {
    const via = { family: "inet6", host: "fe80::1" };
    const text = JSON.stringify([{ dst: "1.1.1.1", dev: "eth0", via }]);
    const value = { kind: "unicast", outputLink: "eth0", gateway: "fe80::1" };
    expect(parseRouteGet(text)).toMatchObject({ ok: true, value });
  });

  test.each([
    ["[]", "there is not one route"],
    ['[{"dst":"1.1.1.1","dev":"a"},{"dst":"1.1.1.2","dev":"a"}]', "there is not one route"],
    ['[{"dst":"1.1.1.1"}]', 'a route of type "unicast" is not known here'],
    ['[{"type":"xresolve","dst":"1.1.1.1","dev":"a"}]', 'a route of type "xresolve"'],
    ["", "the answer is empty"],
  ])("does not read %s", (text, message) => {
    expect(parseRouteGet(text)).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", message: expect.stringContaining(message) },
    });
  });
});
