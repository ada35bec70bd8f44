import { expect, test } from "vitest";
import { brctlBridges } from "../../src/collectors/brctl-bridges.ts";
import { notFound, timedOut } from "../../src/model/failure.ts";
import { collect } from "../support/collect.ts";
import { fakeInstant } from "../support/fake-host.ts";
import { fixtureText } from "../support/fixtures.ts";

test("knows the bridges that brctl shows", async () => {
  const text = fixtureText("brctl-show", "debian12-bridge-utils1.7--fresh-engine");
  expect(await collect(brctlBridges, { "brctl show": text })).toStrictEqual({
    state: "known",
    value: [{ bridge: "docker0", bridgeId: "8000.02428f7c3118", stpEnabled: false, ports: [] }],
    collectedAt: fakeInstant,
    sources: [{ kind: "command", argv: ["brctl", "show"] }],
    ignored: [],
  });
});

test("is absent where brctl is not installed", async () => {
  expect(await collect(brctlBridges, { "brctl show": notFound("no brctl") })).toStrictEqual({
    state: "absent",
    reason: "brctl is not installed",
  });
});

test("is unknown where brctl hangs", async () => {
  const failure = timedOut("no answer within 10 s", 10_000);
  expect(await collect(brctlBridges, { "brctl show": failure })).toStrictEqual({
    state: "unknown",
    failure,
  });
});
