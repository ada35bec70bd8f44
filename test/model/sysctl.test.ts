import { describe, expect, test } from "vitest";
import {
  effectiveReversePathFilter,
  type LinkSettings,
  linkSysctlKey,
  sysctlPath,
} from "../../src/model/sysctl.ts";

describe("sysctl keys", () => {
  test("keep the dots of a link's name as slashes", () => {
    const key = linkSysctlKey("ipv4", "eth0.5", "rp_filter");
    expect(key).toBe("net.ipv4.conf.eth0/5.rp_filter");
    expect(sysctlPath(key)).toBe("/proc/sys/net/ipv4/conf/eth0.5/rp_filter");
  });
});

describe("effectiveReversePathFilter", () => {
  const settings: readonly LinkSettings[] = [
    { family: "ipv6", ifname: "eth0" },
    { family: "ipv4", ifname: "all", reversePathFilter: 1 },
    { family: "ipv4", ifname: "eth0", reversePathFilter: 2 },
    { family: "ipv4", ifname: "eth1", reversePathFilter: 0 },
    { family: "ipv4", ifname: "eth2" },
  ];

  test.each([
    ["eth0", 2],
    ["eth1", 1],
    ["eth2", undefined],
    ["eth9", undefined],
  ])("of %s is %s", (ifname, filter) => {
    expect(effectiveReversePathFilter(settings, ifname)).toBe(filter);
  });

  test("is not known without the one of all", () => {
    expect(effectiveReversePathFilter(settings.slice(2), "eth0")).toBeUndefined();
  });
});
