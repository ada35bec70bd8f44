import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeJson, escapeText } from "../../src/render/escape.ts";
import { displayWidth, flow, plain, printed, span, wrap } from "../../src/render/text.ts";

const anyText = fc.string({ unit: "binary" });

describe("escaped text", () => {
  test("shows what would steer a terminal", () => {
    expect(escapeText("a\u001b[31m\r\n\tb\u202ec\u{e0041}d\u009be\u2028")).toBe(
      "a\\x1b[31m\\r\\n b\\u202ec\\u{e0041}d\\x9be\\u2028",
    );
  });

  test("leaves names of every script and backslashes alone", () => {
    expect(escapeText("café 网络 Ж \\x1b ✗")).toBe("café 网络 Ж \\x1b ✗");
  });

  test("is the same when it is escaped again, and never raw", () => {
    void fc.assert(
      fc.property(anyText, (text) => {
        const escaped = escapeText(text);
        expect(escapeText(escaped)).toBe(escaped);
        expect(escaped).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe("escaped JSON", () => {
  test("is the same document and never raw", () => {
    void fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const json = JSON.stringify(value, undefined, 2);
        const escaped = escapeJson(json);
        expect(JSON.parse(escaped)).toEqual(JSON.parse(json));
        expect(escaped).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe("wrapped text", () => {
  test("breaks at spaces and keeps a long word whole", () => {
    expect(wrap("one two threefourfive six", 8)).toEqual(["one two", "threefourfive", "six"]);
  });

  test("loses no word", () => {
    void fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(wrap(text, width).join(" ")).toBe(escapeText(text));
      }),
    );
  });

  test("counts East Asian letters twice and combining marks not at all", () => {
    expect([displayWidth("网络"), displayWidth("e\u0301"), displayWidth("web")]).toEqual([4, 1, 3]);
  });

  test("fills lines with whole items", () => {
    expect(flow(["aaa", "bbb", "ccc"], { columns: 8, separator: " · " })).toEqual([
      "aaa",
      "bbb",
      "ccc",
    ]);
    expect(flow(["aaa", "bbb", "ccc"], { columns: 9, separator: " · " })).toEqual([
      "aaa · bbb",
      "ccc",
    ]);
  });
});

describe("printed lines", () => {
  test("colour changes no letter", () => {
    const lines = [[span("critical", "✗ x"), span("plain", " \u001b[2J")], plain("y  ")];
    expect(printed(lines, "off")).toBe("✗ x \\x1b[2J\ny\n");
    expect(printed(lines, "on")).toBe("\u001b[31m\u001b[1m✗ x\u001b[22m\u001b[39m \\x1b[2J\ny\n");
  });
});
