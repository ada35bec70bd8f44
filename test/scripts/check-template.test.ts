import { describe, expect, test } from "vitest";
import { exportName, parsePlace, withCheck } from "../../scripts/check-template.ts";

const empty = `import type { AnyCheck } from "./define-check.ts";

/** Every check. */
export const checks = [] as const satisfies readonly AnyCheck[];
`;

describe("check-template", () => {
  test("inserts checks sorted by area and id, each once", () => {
    const places = [
      { area: "netfilter", id: "docker-user-blocks-all" },
      { area: "kernel", id: "rp-filter-strict" },
      { area: "kernel", id: "ip-forward-off" },
      { area: "kernel", id: "ip-forward-off" },
    ];
    expect(places.reduce(withCheck, empty)).toBe(`import type { AnyCheck } from "./define-check.ts";
import { ipForwardOff } from "./kernel/ip-forward-off.ts";
import { rpFilterStrict } from "./kernel/rp-filter-strict.ts";
import { dockerUserBlocksAll } from "./netfilter/docker-user-blocks-all.ts";

/** Every check. */
export const checks = [
  ipForwardOff,
  rpFilterStrict,
  dockerUserBlocksAll,
] as const satisfies readonly AnyCheck[];
`);
  });

  test("refuses what is no place for a check", () => {
    expect(parsePlace("kernel/ip-forward-off")).toEqual({ area: "kernel", id: "ip-forward-off" });
    const refused = [
      undefined,
      "",
      "kernel",
      "kernel/a/b",
      "disk/disk-full",
      "kernel/Ip_Off",
      "kernel/x",
    ];
    expect(refused.filter((text) => typeof parsePlace(text) !== "string")).toEqual([]);
  });

  test("names the export after the id", () => {
    expect(exportName({ area: "link", id: "mtu-bridge-gt-uplink" })).toBe("mtuBridgeGtUplink");
  });
});
