import { describe, expect, test } from "vitest";
import { routingRules } from "../../src/collectors/routing-rules.ts";
import type { Failure } from "../../src/model/failure.ts";
import { collect } from "../support/collect.ts";

const noIpv6: Failure = {
  kind: "exit",
  message: "`ip` ended with 2",
  exitCode: 2,
  stderr: "RTNETLINK answers: Address family not supported by protocol\nDump terminated\n",
};
const broken: Failure = { ...noIpv6, stderr: "Segmentation fault\n" };

describe("routing rules", () => {
  const rule = '[{"priority":0,"src":"all","table":"local"}]';
  const parsedRule = (family: string) => ({
    family,
    priority: 0,
    inverted: false,
    action: { kind: "lookup", routeTable: "local" },
    unrecognised: [],
  });

  test("hold both families", async () => {
    expect(
      await collect(routingRules, { "ip -j rule": rule, "ip -j -6 rule": rule }),
    ).toMatchObject({ state: "known", value: [parsedRule("ipv4"), parsedRule("ipv6")] });
  });

  test("hold IPv4 alone on a kernel without IPv6", async () => {
    expect(
      await collect(routingRules, { "ip -j rule": rule, "ip -j -6 rule": noIpv6 }),
    ).toMatchObject({ state: "known", value: [parsedRule("ipv4")] });
  });

  test("are unknown when one of them fails", async () => {
    expect(
      await collect(routingRules, { "ip -j rule": rule, "ip -j -6 rule": broken }),
    ).toStrictEqual({ state: "unknown", failure: broken });
  });
});
