import { describe, expect, test } from "vitest";
import { ipRuleParser, ipRuleTextParser } from "../../../src/parsers/ip-rule.ts";
import { fixturesOf, fixtureText } from "../../support/fixtures.ts";

const parse = ipRuleTextParser("ipv4");

describe("rule-text", () => {
  test.each(fixturesOf("ip-rule-text"))("reads $name", ({ name, text, expected }) => {
    const family = name.endsWith(".ipv6") ? "ipv6" : "ipv4";
    expect(ipRuleTextParser(family)(text)).toStrictEqual(expected);
  });

  test("reads the same from text and JSON, but for the words of what is not modelled", () => {
    const name = "debian12-iproute6.1--every-selector.ipv4";
    const modelled = (read: ReturnType<typeof parse>) =>
      read.ok &&
      read.value.map((rule) => ({ ...rule, unrecognised: rule.unrecognised.length > 0 }));
    expect(modelled(parse(fixtureText("ip-rule-text", name)))).toStrictEqual(
      modelled(ipRuleParser("ipv4")(fixtureText("ip-rule", name))),
    );
  });

  test("keeps words that it does not know as selectors that it cannot judge", () => {
    expect(parse("5:\tfrom all newthing 7 lookup main\n")).toStrictEqual({
      ok: true,
      value: [
        {
          family: "ipv4",
          priority: 5,
          inverted: false,
          action: { kind: "lookup", routeTable: "main" },
          unrecognised: ["7", "newthing"],
        },
      ],
      ignored: [],
    });
  });

  test("says which line is no rule", () => {
    expect(parse("0:\tfrom all lookup local\nfrom all lookup main")).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", line: 2 },
    });
    expect(parse("0:\tfrom all fwmark odd lookup local")).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", line: 1 },
    });
  });

  test("reads a rule without a source as one from everywhere", () => {
    const read = parse("7: lookup 9");
    expect(read.ok && read.value.map(({ action }) => action)).toEqual([
      { kind: "lookup", routeTable: "9" },
    ]);
  });
});
