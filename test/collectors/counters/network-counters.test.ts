import { expect, test } from "vitest";
import { networkCounters } from "../../../src/collectors/counters/network-counters.ts";
import { notFound, notPermitted } from "../../../src/model/failure.ts";
import { collect } from "../../support/collect.ts";
import { fixtureText } from "../../support/fixtures.ts";

const answers = {
  "cat /proc/net/softnet_stat": fixtureText("softnet-stat", "debian12-linux6.18--two-cpus"),
  "cat /proc/net/snmp": fixtureText("net-snmp", "debian12-linux6.18--snmp"),
  "cat /proc/net/netstat": fixtureText("net-snmp", "debian12-linux6.18--netstat"),
  "cat /proc/net/snmp6": fixtureText("net-snmp6", "debian12-linux6.18--lo-up"),
};

test("puts the counters of all files together", async () => {
  const fact = await collect(networkCounters, answers);
  if (fact.state !== "known") throw new Error(fact.state);
  expect(fact.value.softnet.map(({ cpu }) => cpu)).toEqual([0, 1]);
  expect(fact.value.ip.map(({ family }) => family)).toEqual(["ipv4", "ipv6"]);
  expect(Object.keys(fact.value.groups)).toEqual(expect.arrayContaining(["Tcp", "TcpExt", "Udp6"]));
  expect(fact.sources).toHaveLength(4);
});

test("knows a kernel without IPv6, and nothing where a file may not be read", async () => {
  const without = { ...answers, "cat /proc/net/snmp6": notFound("no such file") };
  expect(await collect(networkCounters, without)).toMatchObject({
    state: "known",
    value: { udp: [{ family: "ipv4" }] },
  });
  const failure = notPermitted("run as root");
  for (const file of ["cat /proc/net/netstat", "cat /proc/net/softnet_stat"]) {
    const refused = { ...answers, [file]: failure };
    expect(await collect(networkCounters, refused)).toStrictEqual({ state: "unknown", failure });
  }
});
