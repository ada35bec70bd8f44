import { describe, expect, test } from "vitest";
import { parseDockerVersion } from "../../src/parsers/docker-version.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("docker-version", () => {
  test.each(fixturesOf("docker-version"))("reads $name", ({ text, expected }) => {
    expect(parseDockerVersion(text)).toStrictEqual(expected);
  });

  test.each([
    ["29.7.2", 29, 7],
    ["1.12.6", 1, 12],
    ["dev", 0, 0],
  ])("takes the numbers of %s", (version, major, minor) => {
    const text = JSON.stringify({ Version: version, ApiVersion: "1.24", Components: null });
    expect(parseDockerVersion(text)).toStrictEqual({
      ok: true,
      value: { version, major, minor, apiVersion: "1.24" },
      ignored: [],
    });
  });

  test("does not take Podman for Docker", () => {
    const Components = [{ Name: "Podman Engine" }];
    const text = JSON.stringify({ Version: "4.3.1", ApiVersion: "1.41", Components });
    expect(parseDockerVersion(text)).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message: "Podman Engine answered, which docknet cannot judge",
      },
    });
  });

  test("says that something else answered", () => {
    expect(parseDockerVersion("<html>hello</html>")).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message: 'the answer is not JSON, or is cut off; it begins with "<html>hello</html>"',
      },
    });
  });
});
