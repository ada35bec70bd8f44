import { describe, expect, test } from "vitest";
import { whyReport } from "../../src/cli/why/why.ts";
import type { HostSnapshot } from "../../src/model/facts.ts";
import { aHost, type HostBuilder } from "../support/a-host.ts";

const outside = { from: { kind: "outside" }, to: { kind: "host", port: 8080 } } as const;

function causesOf(snapshot: HostSnapshot): readonly (readonly (string | undefined)[])[] {
  const report = whyReport({ snapshot, collectors: [] }, outside);
  if (!report.ok) throw new Error(report.message);
  return report.value.causes.map(({ kind, message, check }) => [kind, check, message]);
}

function on(host: HostBuilder): ReturnType<typeof causesOf> {
  return causesOf(host.snapshot());
}

/** Where it is named is shown on recorded hosts (why.test.ts): these have namespaces to deliver to. */
describe("what is behind a packet that is stopped", () => {
  test("is not guessed where no check's remedy lets the packet pass", () => {
    const raw = "-A PREROUTING -p tcp -m tcp --dport 8080 -j DROP";
    const host = aHost().withForwardingOff().withRule(raw, { table: "raw" });
    expect(on(host)).toEqual([
      ["path-blocked", undefined, expect.stringContaining("are dropped in host: ")],
    ]);
    const { facts, ...rest } = aHost().withForwardingOff().snapshot();
    const failure = { kind: "timed-out", message: "too slow", timeoutMs: 1 } as const;
    const blind = {
      ...rest,
      facts: { ...facts, daemonOptions: { state: "unknown", failure } },
    } as const;
    expect(causesOf(blind)[0]?.slice(0, 2)).toEqual(["path-blocked", undefined]);
  });
});
