import { describe, expect, test } from "vitest";
import { conntrack } from "../../../src/collectors/counters/conntrack.ts";
import { notFound, notPermitted } from "../../../src/model/failure.ts";
import { collect } from "../../support/collect.ts";

const missing = notFound("no such file");
const setting = (name: string) => `cat /proc/sys/net/netfilter/nf_conntrack_${name}`;
const stat = "cat /proc/net/stat/nf_conntrack";
const used = { [setting("count")]: "7\n", [setting("max")]: "100\n", [setting("buckets")]: "64\n" };

describe("the use of connection tracking", () => {
  test("is known without conntrack(8) where /proc has the counters", async () => {
    const answers = { ...used, [stat]: "entries drop\n00000007 00000002\n" };
    expect(await collect(conntrack, answers)).toMatchObject({
      state: "known",
      value: { entries: 7, limit: 100, buckets: 64, cpus: [{ cpu: 0, entries: 7, dropped: 2 }] },
    });
  });

  test("takes the counters from conntrack(8) where /proc lacks them", async () => {
    const answers = { ...used, [stat]: missing, "conntrack -S": "cpu=0 found=1 drop=3\n" };
    expect(await collect(conntrack, answers)).toMatchObject({
      value: { cpus: [{ cpu: 0, found: 1, dropped: 3 }] },
    });
  });

  test("is known without counters that nobody shows, and says so", async () => {
    const failure = notPermitted("conntrack needs CAP_NET_ADMIN", "CAP_NET_ADMIN");
    const answers = { ...used, [stat]: missing, "conntrack -S": failure };
    expect(await collect(conntrack, answers)).toMatchObject({
      state: "known",
      value: { entries: 7, limit: 100, buckets: 64 },
      gaps: ["counters of connection tracking: conntrack needs CAP_NET_ADMIN"],
    });
  });

  test("is absent where the kernel tracks none, unknown where it may not be read", async () => {
    const none = { [setting("count")]: missing, [setting("max")]: missing };
    const nothing = { ...none, [setting("buckets")]: missing, [stat]: missing };
    expect(await collect(conntrack, nothing)).toMatchObject({ state: "absent" });
    const failure = notPermitted("run as root");
    const refused = { ...used, [setting("max")]: failure };
    expect(await collect(conntrack, refused)).toStrictEqual({ state: "unknown", failure });
  });
});
