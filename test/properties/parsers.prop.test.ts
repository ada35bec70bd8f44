import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonLike, mutationsOf } from "../support/arbitraries.ts";
import { everyParser } from "../support/every-parser.ts";

describe.each(everyParser)("the parser %s", (_, parser, texts) => {
  test("never throws, and gives a value or a failure that says something", {
    timeout: 20_000,
  }, () => {
    const any = fc.oneof(
      mutationsOf(texts),
      jsonLike(texts.join("\n")),
      fc.string({ unit: "binary", maxLength: 200 }),
    );
    fc.assert(
      fc.property(any, (text) => {
        const result = parser(text);
        if (result.ok) return Array.isArray(result.ignored);
        return result.failure.kind === "unparsable" && /^\S.*[^.]$/s.test(result.failure.message);
      }),
      { numRuns: 300 },
    );
  });

  test("gives plain JSON: nothing undefined, nothing that text cannot hold", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...texts), mutationsOf(texts)), (text) => {
        const result = parser(text);
        if (!result.ok || result.value instanceof Map || result.value instanceof Set) return;
        expect(JSON.parse(JSON.stringify(result.value))).toStrictEqual(result.value);
      }),
      { numRuns: 60 },
    );
  });

  test("reads CRLF as it reads LF", () => {
    for (const text of texts) expect(parser(text.replaceAll("\n", "\r\n"))).toEqual(parser(text));
  });
});
