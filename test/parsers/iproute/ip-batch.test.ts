import { describe, expect, test } from "vitest";
import { parseIpBatch } from "../../../src/parsers/iproute/ip-batch.ts";
import { fixturesOf, fixtureText } from "../../support/fixtures.ts";

const whole = fixtureText("ip-batch", "debian12-docker20.10.24--overlay");

describe("ip-batch", () => {
  test.each(fixturesOf("ip-batch"))("reads $name", ({ text, expected }) => {
    expect(parseIpBatch(text)).toStrictEqual(expected);
  });

  test("reads a namespace that holds nothing", () => {
    expect(parseIpBatch("[]\n[]\n[ ]\n[]\n[]\n")).toStrictEqual({
      ok: true,
      value: { links: [], routes: [], rules: [], neighbours: [], settings: [] },
      ignored: [],
    });
  });

  test.each([
    ["nothing", ""],
    ["one answer less", whole.slice(0, whole.trimEnd().lastIndexOf("\n"))],
    ["one answer more", `${whole}[]\n`],
  ])("takes no answer for another where there is %s", (_, text) => {
    expect(parseIpBatch(text)).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", message: expect.stringContaining("5 questions") },
    });
  });

  test("names the answer that it cannot read", () => {
    const lines = whole.trimEnd().split("\n");
    const cut = lines.map((line, at) => (at === 3 ? '[{"dst":7}]' : line)).join("\n");
    expect(parseIpBatch(cut)).toMatchObject({ ok: false, failure: { line: 4 } });
    expect(parseIpBatch(lines.toReversed().join("\n"))).toMatchObject({ ok: false });
  });

  test("passes over a route that is not modelled, and says in which answer it stood", () => {
    const encapsulated = '[{"dst":"10.9.0.0/16","encap":"mpls","dev":"eth0","flags":[]}]';
    expect(parseIpBatch(`[]\n${encapsulated}\n[]\n[]\n[]\n`)).toMatchObject({
      ok: true,
      ignored: [{ line: 2 }],
    });
  });
});
