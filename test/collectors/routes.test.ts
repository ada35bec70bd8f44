import { describe, expect, test } from "vitest";
import { routes } from "../../src/collectors/routes.ts";
import type { Failure } from "../../src/model/failure.ts";
import { timedOut } from "../../src/model/failure.ts";
import { collect } from "../support/collect.ts";
import { fakeInstant } from "../support/fake-host.ts";

const noIpv6: Failure = {
  kind: "exit",
  message: "`ip` ended with 2",
  exitCode: 2,
  stderr: "RTNETLINK answers: Address family not supported by protocol\nDump terminated\n",
};
const broken: Failure = { ...noIpv6, stderr: "Segmentation fault\n" };

describe("routes", () => {
  const four = "ip -j route show table all";
  const six = "ip -j -6 route show table all";
  const ipv4 = JSON.stringify([{ dst: "default", gateway: "192.0.2.1", dev: "eth0" }]);
  const ipv6 = JSON.stringify([{ dst: "fe80::/64", dev: "eth0", pref: "medium" }]);
  const sources = [
    { kind: "command", argv: four.split(" ") },
    { kind: "command", argv: six.split(" ") },
  ];
  const ipv4Route = {
    family: "ipv4",
    type: "unicast",
    destination: { family: "ipv4", address: "0.0.0.0", length: 0 },
    routeTable: "main",
    nextHops: [{ gateway: "192.0.2.1", outputLink: "eth0", flags: [] }],
    flags: [],
  };
  const ipv6Route = {
    family: "ipv6",
    type: "unicast",
    destination: { family: "ipv6", address: "fe80::", length: 64 },
    routeTable: "main",
    nextHops: [{ outputLink: "eth0", flags: [] }],
    flags: [],
  };

  test("hold both families, each once", async () => {
    const both = JSON.stringify([...JSON.parse(ipv4), ...JSON.parse(ipv6)]);
    expect(await collect(routes, { [four]: both, [six]: ipv6 })).toStrictEqual({
      state: "known",
      value: [ipv4Route, ipv6Route],
      collectedAt: fakeInstant,
      sources,
      ignored: [],
    });
  });

  test("hold IPv4 alone on a kernel without IPv6", async () => {
    expect(await collect(routes, { [four]: ipv4, [six]: noIpv6 })).toStrictEqual({
      state: "known",
      value: [ipv4Route],
      collectedAt: fakeInstant,
      sources,
      ignored: [],
    });
  });

  test.each([
    [four, noIpv6],
    [six, broken],
    [six, timedOut("no answer within 10 s", 10_000)],
  ])("are unknown when `%s` fails", async (key, failure) => {
    expect(await collect(routes, { [four]: ipv4, [six]: ipv6, [key]: failure })).toStrictEqual({
      state: "unknown",
      failure,
    });
  });
});
