import { describe, expect, test } from "vitest";
import { parseYaml } from "../../src/config/yaml-file.ts";

const lineOf = (text: string, ...path: readonly PropertyKey[]): number | undefined => {
  const parsed = parseYaml(text);
  return parsed.ok ? parsed.lineOf(path) : undefined;
};

describe("parseYaml", () => {
  test("knows the line of each key and of each place in a list", () => {
    const text = "# first\nweb:\n  listen:\n    - a\n    - {b: 1}\n7: seven\n";
    expect([
      lineOf(text, "web"),
      lineOf(text, "web", "listen"),
      lineOf(text, "web", "listen", 1),
      lineOf(text, "web", "listen", 1, "b"),
      lineOf(text, "7"),
    ]).toEqual([2, 3, 5, 5, 6]);
  });

  test("gives the line of what is above a key that there is none of", () => {
    const text = "\nweb:\n  listen: []\n";
    expect([
      lineOf(text, "web", "port"),
      lineOf(text, "web", "listen", 3),
      lineOf(text, "web", "listen", "x", "y"),
      lineOf(text, "log"),
      lineOf("", "log"),
    ]).toEqual([2, 3, 3, 2, 1]);
  });

  test.each([
    ["a: 1\na: 2", 2, "Map keys must be unique"],
    ["a: &x 1\nb: *x", 2, "it holds an alias, and docknet takes plain YAML without aliases"],
    ["#".repeat(65_537), 1, "it is too long"],
  ])("refuses %j", (text, line, message) => {
    expect(parseYaml(text)).toEqual({ ok: false, line, message });
  });
});
