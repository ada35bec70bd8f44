import { describe, expect, test } from "vitest";
import { detailsOf, masterPortOf } from "../../../src/parsers/iproute/link-details.ts";

describe("link-details", () => {
  test.each([
    [undefined],
    [{ info_kind: "bridge" }],
    [{ info_kind: "veth", info_data: {} }],
    [{ info_kind: "macvlan", info_data: { mode: 7 } }],
    [{ info_kind: "ipvlan", info_data: {} }],
    [{ info_kind: "vlan", info_data: {} }],
    [{ info_kind: "bond", info_data: {} }],
    [{ info_kind: "vrf", info_data: {} }],
  ])("has none for %j", (info) => {
    expect(detailsOf(info)).toBeUndefined();
  });

  test("reads switches as any iproute2 prints them", () => {
    const bridge = (vlan_filtering: unknown) =>
      detailsOf({ info_kind: "bridge", info_data: { stp_state: 1, vlan_filtering } });
    const on = { kind: "bridge", stpEnabled: true, vlanFiltering: true };
    expect([true, 1, "on", null].map(bridge)).toStrictEqual([on, on, on, on]);
    expect(bridge(0)).toStrictEqual({ ...on, vlanFiltering: false });
  });

  test("takes the group of a VXLAN link as where unknown frames go", () => {
    const info_data = { id: 5, group: "239.1.1.1", link: "eth0", port: 4789, learning: true };
    expect(detailsOf({ info_kind: "vxlan", info_data })).toStrictEqual({
      kind: "vxlan",
      vni: 5,
      remote: "239.1.1.1",
      underlay: "eth0",
      udpPort: 4789,
      external: false,
      flags: ["learning"],
    });
  });

  test("knows ports of bridges and bonds, and names the master of others", () => {
    expect(masterPortOf({})).toBeUndefined();
    const port = (info_slave_kind: string, info_slave_data?: Record<string, unknown>) =>
      masterPortOf(
        info_slave_data === undefined ? { info_slave_kind } : { info_slave_kind, info_slave_data },
      );
    expect([
      port("bridge", { state: "forwarding", hairpin: true, isolated: false }),
      port("bridge", { state: "state (9)" }),
      port("bond"),
      port("team"),
    ]).toStrictEqual([
      { kind: "bridge", portState: "forwarding", hairpinMode: true, isolated: false },
      { kind: "other", masterKind: "bridge" },
      { kind: "bond" },
      { kind: "other", masterKind: "team" },
    ]);
  });
});
