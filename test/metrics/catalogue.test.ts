import { describe, expect, test } from "vitest";
import { catalogue } from "../../src/metrics/catalogue.ts";
import { type MetricFamily, metricGroups } from "../../src/metrics/family.ts";

const families: readonly MetricFamily[] = catalogue;

function violations(family: MetricFamily): readonly string[] {
  const { name, type, unit, labels, help } = family;
  const rules: readonly (readonly [holds: boolean, rule: string])[] = [
    [(type === "counter") === name.endsWith("_total"), "counters alone end in _total"],
    [unit !== "seconds" || /_seconds(_total)?$/.test(name), "the name ends in its unit"],
    [unit !== "bytes" || /_bytes(_total)?$/.test(name), "the name ends in its unit"],
    [help.endsWith("."), "the help is a sentence"],
    [labels.every((label) => /^[a-z_]+$/.test(label)), "labels are lower case"],
    [
      !labels.some((label) => /^(type|service|job|instance|container_id)$/.test(label)),
      "labels are docknet's own",
    ],
  ];
  return rules.flatMap(([holds, rule]) => (holds ? [] : [`${name}: ${rule}`]));
}

describe("catalogue", () => {
  test("names each family once", () => {
    const names = families.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  test("has no quote or backslash in a help, which OpenMetrics would have to escape", () => {
    expect(families.filter(({ help }) => /["\\\n]/.test(help))).toEqual([]);
  });

  test("has no counter whose name without _total is another family's, which OpenMetrics would mix up", () => {
    const names = families.map(({ name }) => name);
    const bare = names.filter((name) => name.endsWith("_total")).map((name) => name.slice(0, -6));
    expect(bare.filter((name) => names.some((other) => other === name))).toEqual([]);
  });

  test("has families in every group", () => {
    expect([...new Set(catalogue.map(({ group }) => group))]).toEqual(metricGroups);
  });

  test("names state labels that the family has", () => {
    const strange = families.filter(
      ({ stateLabel, labels }) => stateLabel !== undefined && !labels.includes(stateLabel),
    );
    expect(strange).toEqual([]);
  });

  test("follows the conventions", () => {
    expect(families.flatMap(violations)).toEqual([]);
  });

  test("would notice a family that does not", () => {
    expect(
      violations({
        name: "docknet_time_total",
        type: "gauge",
        unit: "seconds",
        labels: ["type"],
        help: "Time",
        bound: "1",
        facts: [],
      }),
    ).toEqual([
      "docknet_time_total: counters alone end in _total",
      "docknet_time_total: the name ends in its unit",
      "docknet_time_total: the help is a sentence",
      "docknet_time_total: labels are docknet's own",
    ]);
  });
});
