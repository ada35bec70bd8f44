import { describe, expect, test } from "vitest";
import { ipRuleParser } from "../../src/parsers/ip-rule.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("ip-rule", () => {
  test.each(fixturesOf("ip-rule"))("reads $name", ({ name, text, expected }) => {
    const family = name.endsWith(".ipv6") ? "ipv6" : "ipv4";
    expect(ipRuleParser(family)(text)).toStrictEqual(expected);
  });

  test("keeps what it does not know verbatim", () => {
    const text = JSON.stringify([
      { priority: 1, src: "nowhere", srclen: 8, action: "nat" },
      { priority: 2, src: "all" },
      { priority: 3, src: "all", goto: "200", fwmark: 5 },
    ]);
    expect(ipRuleParser("ipv4")(text)).toStrictEqual({
      ok: true,
      value: [
        {
          family: "ipv4",
          priority: 1,
          inverted: false,
          action: { kind: "unrecognised", text: "nat" },
          unrecognised: ["nowhere/8"],
        },
        {
          family: "ipv4",
          priority: 2,
          inverted: false,
          action: { kind: "unrecognised", text: "no action" },
          unrecognised: [],
        },
        {
          family: "ipv4",
          priority: 3,
          inverted: false,
          mark: 5,
          action: { kind: "goto", priority: 200 },
          unrecognised: [],
        },
      ],
      ignored: [],
    });
  });

  test("says where the JSON is not a list of rules", () => {
    expect(ipRuleParser("ipv6")('[{"priority":"first"}]')).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message:
          "the JSON at [0].priority is not what was expected: Invalid input: expected number, received string",
      },
    });
  });
});
