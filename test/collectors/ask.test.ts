import { describe, expect, test } from "vitest";
import { ask } from "../../src/collectors/ask.ts";
import type { HostPort, Observation } from "../../src/host/port.ts";
import { type Parser, parsed } from "../../src/parsers/parsed.ts";

const query = { kind: "file", path: "/proc/net/dev" } as const;

/** A parser that counts how often it works. */
function counting(name: string): { readonly parser: Parser<string>; times(): number } {
  let times = 0;
  return {
    parser: (text) => {
      times += 1;
      return parsed(`${name} ${text}`);
    },
    times: () => times,
  };
}

const given = (text: string): Observation => ({
  ok: true,
  text,
  observedAt: "2026-11-02T10:00:00.000Z",
  durationMs: 1,
});

const hostOf = (answer: () => Observation): HostPort => ({ observe: async () => answer() });

const parsedBy = async (host: HostPort, parser: Parser<string>): Promise<string> => {
  const answer = await ask(host, query, parser);
  return answer.ok ? answer.value : answer.failure.message;
};

describe("ask", () => {
  test("parses an observation that the host gives again once", async () => {
    const observation = given("text");
    const host = hostOf(() => observation);
    const { parser, times } = counting("a");
    expect([await parsedBy(host, parser), await parsedBy(host, parser), times()]).toEqual([
      "a text",
      "a text",
      1,
    ]);
  });

  test("parses another observation anew, although its text is the same", async () => {
    const host = hostOf(() => given("text"));
    const { parser, times } = counting("a");
    await parsedBy(host, parser);
    await parsedBy(host, parser);
    expect(times()).toBe(2);
  });

  test("gives each parser what it makes of an observation", async () => {
    const observation = given("text");
    const host = hostOf(() => observation);
    const [a, b] = [counting("a"), counting("b")];
    expect([
      await parsedBy(host, a.parser),
      await parsedBy(host, b.parser),
      await parsedBy(host, a.parser),
    ]).toEqual(["a text", "b text", "a text"]);
  });
});
