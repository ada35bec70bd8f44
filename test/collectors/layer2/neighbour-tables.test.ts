import { describe, expect, test } from "vitest";
import { neighbourTables } from "../../../src/collectors/layer2/neighbour-tables.ts";
import { notFound, notPermitted } from "../../../src/model/failure.ts";
import { collect } from "../../support/collect.ts";

const missing = notFound("no such file");
const threshold = (family: string, index: number) =>
  `cat /proc/sys/net/${family}/neigh/default/gc_thresh${index}`;
const nothing = Object.fromEntries([
  ["cat /proc/net/stat/arp_cache", missing],
  ["cat /proc/net/stat/ndisc_cache", missing],
  ...["ipv4", "ipv6"].flatMap((family) =>
    [1, 2, 3].map((index) => [threshold(family, index), missing]),
  ),
]);

describe("neighbour tables", () => {
  test("are absent, and no fault, where the kernel does not show them", async () => {
    expect(await collect(neighbourTables, nothing)).toMatchObject({ state: "absent" });
  });

  test("tell their use and their limits", async () => {
    const fact = await collect(neighbourTables, {
      ...nothing,
      "cat /proc/net/stat/arp_cache": "entries table_fulls\n0000000a 00000001\n",
      [threshold("ipv4", 1)]: "128\n",
      [threshold("ipv4", 2)]: "512\n",
      [threshold("ipv4", 3)]: "1024\n",
    });
    expect(fact).toMatchObject({
      state: "known",
      value: [
        {
          family: "ipv4",
          cpus: [{ cpu: 0, entries: 10, tableFull: 1 }],
          limits: { least: 128, soft: 512, hard: 1024 },
        },
      ],
    });
  });

  test("are unknown where they may not be read", async () => {
    const failure = notPermitted("run as root");
    const answers = { ...nothing, "cat /proc/net/stat/ndisc_cache": failure };
    expect(await collect(neighbourTables, answers)).toStrictEqual({ state: "unknown", failure });
    const limits = { ...nothing, [threshold("ipv6", 3)]: failure };
    expect(await collect(neighbourTables, limits)).toStrictEqual({ state: "unknown", failure });
  });
});
