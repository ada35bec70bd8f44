import { expect, test } from "vitest";
import type { MetricFamily } from "../../src/metrics/family.ts";
import { limited } from "../../src/metrics/limited.ts";

const family: MetricFamily = {
  name: "docknet_x",
  type: "gauge",
  unit: "state",
  labels: ["chain", "policy"],
  help: "X.",
  bound: "chains × 2 policies",
  facts: [],
  grows: "with-the-host",
  stateLabel: "policy",
};
const { stateLabel: _state, ...withoutStates } = family;
const { grows: _grows, ...fixed } = family;

const points = ["INPUT", "FORWARD", "OUTPUT"].flatMap((chain) =>
  ["ACCEPT", "DROP"].map((policy) => ({ labels: { chain, policy }, value: 1 })),
);

test.each([
  ["nothing while it is within the limit", { family, most: 6 }, 6],
  ["what is beyond it", { family: withoutStates, most: 5 }, 5],
  ["a state set whole", { family, most: 5 }, 4],
  ["a state set whole, at its border", { family, most: 4 }, 4],
  ["everything where nothing is allowed", { family, most: 0 }, 0],
  ["nothing of a family that does not grow", { family: fixed, most: 1 }, 6],
])("leaves out %s", (_, to, kept) => {
  expect(limited(points, to)).toEqual(points.slice(0, kept));
});
