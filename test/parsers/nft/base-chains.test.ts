import { describe, expect, test } from "vitest";
import { parseNftBaseChains } from "../../../src/parsers/nft/base-chains.ts";
import { fixturesOf } from "../../support/fixtures.ts";

describe("nft-base-chains", () => {
  test.each(fixturesOf("nft-base-chains"))("reads $name", ({ text, expected }) => {
    expect(parseNftBaseChains(text)).toStrictEqual(expected);
  });

  test("passes over chains without a hook", () => {
    const chain = { family: "ip", table: "filter", name: "web" };
    const half = { ...chain, type: "filter" };
    const text = chainList([{ chain }, { chain: half }, { chain: { ...half, hook: "input" } }]);
    expect(parseNftBaseChains(text)).toEqual({ ok: true, value: [], ignored: [] });
  });

  test("tells what is no entry of nft's", () => {
    expect(parseNftBaseChains(chainList([{ chain: { name: 5 } }]))).toEqual({
      ok: true,
      value: [],
      ignored: [{ line: 2, text: '{"chain":{"name":5}}', reason: "not an entry that nft lists" }],
    });
  });

  test.each([
    ["", "the answer is empty where JSON was expected"],
    ['{"nftables": [', "the answer is not JSON, or is cut off"],
    ["{}", "the JSON at nftables is not what was expected"],
  ])("says that %j is no list of chains", (text, message) => {
    expect(parseNftBaseChains(text)).toEqual({
      ok: false,
      failure: { kind: "unparsable", message: expect.stringContaining(message) },
    });
  });
});

function chainList(entries: readonly unknown[]): string {
  return JSON.stringify({ nftables: [{ metainfo: { version: "1.0.6" } }, ...entries] });
}
