import { expect, test } from "vitest";
import { absent, known, unknown } from "../../src/model/facts.ts";
import { notFound } from "../../src/model/failure.ts";

test("a fact is known with its origin, absent with a reason, or unknown with a failure", () => {
  const at = "2026-11-02T10:00:00.000Z";
  const ignored = [{ line: 1, text: "x", reason: "y" }];
  const sources = [{ kind: "file", path: "/etc/os-release" }] as const;
  expect(known(7, { at, sources })).toStrictEqual({
    state: "known",
    value: 7,
    collectedAt: at,
    sources,
    ignored: [],
  });
  expect(known(7, { at, sources, ignored })).toStrictEqual({
    state: "known",
    value: 7,
    collectedAt: at,
    sources,
    ignored,
  });
  expect(absent("no swarm")).toStrictEqual({ state: "absent", reason: "no swarm" });
  const failure = notFound("no ip");
  expect(unknown(failure)).toStrictEqual({ state: "unknown", failure });
});
