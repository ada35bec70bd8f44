import { describe, expect, test } from "vitest";
import type { HostPort } from "../../../src/host/port.ts";
import {
  mostReuses,
  reusingSandboxes,
  sandboxMemory,
} from "../../../src/host/reusing/reusing-sandboxes.ts";
import type { HostQuery } from "../../../src/model/query.ts";
import { sandboxBatch } from "../../../src/model/sandbox.ts";
import { fakeKey } from "../../support/fake-host.ts";

const id = "c0ffee".padEnd(64, "0");
const netns = "/var/run/docker/netns/0123456789ab";
const list = { kind: "docker", path: "/containers/json?all=1" } as const;
const inspect = { kind: "docker", path: `/containers/${id}/json` } as const;
const hostLinks = { kind: "command", argv: ["ip", "-j", "-d", "addr"] } as const;
const batch = { kind: "command", ...sandboxBatch, netns } as const;
const rules = { kind: "command", argv: ["iptables-nft-save", "-c"], netns } as const;

/** What the host answers; a test changes it between runs. */
function answersOf(): Record<string, string> {
  return {
    "GET /containers/json?all=1": `[{"Id":"${id}","State":"running","Status":"Up 1 second"}]`,
    [`GET /containers/${id}/json`]: JSON.stringify({
      State: { Pid: 7 },
      HostConfig: { Privileged: false, CapAdd: null, NetworkMode: "apps" },
      NetworkSettings: { SandboxKey: netns },
    }),
    "ip -j -d addr": '[{"ifindex":9,"mtu":1500},{"ifindex":4,"mtu":1500}]',
    "cat /proc/7/net/route": "eth0\t0\t0\t3\t0\t0\t0\n",
    "cat /proc/7/net/ipv6_route": "fd00 40 0 00 0 100 00000001 00000000 1 eth0\n",
    "cat /proc/7/net/fib_trie": "Main:\n",
    "cat /proc/7/net/if_inet6": "",
    "cat /proc/7/net/arp": "",
    "cat /proc/7/net/dev": "eth0: 1 2 3\n",
    [`@${netns} ip -j -d -b -`]:
      '[{"ifindex":8,"link_index":9,"link_netnsid":0}]\n[]\n[]\n[]\n[]\n',
    [`@${netns} iptables-nft-save -c`]: "*nat\nCOMMIT\n",
  };
}

/** An agent with its memory: each run asks as collectors do, and gives the questions that were put inside the namespace. */
function anAgent(answers: Record<string, string>) {
  const memory = sandboxMemory();
  let entered: string[] = [];
  const inner: HostPort = {
    async observe(query) {
      if ("netns" in query && query.netns !== undefined)
        entered.push(fakeKey(query).split(" ")[1] ?? "");
      const text = answers[fakeKey(query)];
      const at = { observedAt: "2026-11-02T10:00:00.000Z", durationMs: 1 };
      return text === undefined
        ? { ok: false, failure: { kind: "not-found", message: "no such thing" }, ...at }
        : { ok: true, text, ...at };
    },
  };
  const asked: readonly HostQuery[] = [list, inspect, hostLinks, batch, rules];
  const run = async (): Promise<readonly string[]> => {
    entered = [];
    const host = reusingSandboxes(inner, memory);
    for (const query of asked) {
      const answer = await host.observe(query);
      expect(answer).toMatchObject({ ok: true, text: answers[fakeKey(query)] });
    }
    return entered;
  };
  return { run, memory, inner };
}

const anew = ["ip", "iptables-nft-save"];

describe("an agent", () => {
  test("enters the namespace of a container once while nothing shows a change", async () => {
    const answers = answersOf();
    const { run } = anAgent(answers);
    expect(await run()).toEqual(anew);
    answers["GET /containers/json?all=1"] =
      `[{"Id":"${id}","State":"running","Status":"Up 3 minutes"}]`;
    answers["cat /proc/7/net/dev"] = "eth0: 100 200 300\n";
    answers["cat /proc/7/net/route"] = "eth0\t0\t0\t3\t0\t77\t0\n";
    answers["cat /proc/7/net/ipv6_route"] = "fd00 40 0 00 0 100 00000009 00000055 1 eth0\n";
    answers["ip -j -d addr"] = '[{"ifindex":9,"mtu":1500},{"ifindex":4,"mtu":9000}]';
    expect(await run()).toEqual([]);
  });

  test.each([
    ["GET /containers/json?all=1", `[{"Id":"${id}","State":"running","Ports":[80]}]`],
    ["cat /proc/7/net/route", "eth0\t0\t0\t3\t0\t0\t100\n"],
    ["cat /proc/7/net/ipv6_route", "fd00 40 0 00 0 200 00000001 00000000 1 eth0\n"],
    ["cat /proc/7/net/fib_trie", "Main:\n  |-- 10.0.0.1\n"],
    ["cat /proc/7/net/if_inet6", "fd00 08 40 00 80 eth0\n"],
    ["cat /proc/7/net/arp", "172.18.0.1 0x1 0x0 00:00:00:00:00:00 * eth0\n"],
    ["cat /proc/7/net/dev", "eth0: 1 2 3\neth1: 1 2 3\n"],
    ["ip -j -d addr", '[{"ifindex":9,"mtu":1400},{"ifindex":4,"mtu":1500}]'],
  ])("enters it again when `%s` says something else", async (key, text) => {
    const answers = answersOf();
    const { run } = anAgent(answers);
    await run();
    answers[key] = text;
    expect(await run()).toEqual(anew);
    expect(await run()).toEqual([]);
  });

  test("enters it again when the process is another", async () => {
    const answers = answersOf();
    const { run } = anAgent(answers);
    await run();
    for (const [key, text] of Object.entries(answers)) {
      if (key.startsWith("cat /proc/7/")) answers[key.replace("/7/", "/8/")] = text;
    }
    const container = answers[`GET /containers/${id}/json`] ?? "";
    answers[`GET /containers/${id}/json`] = container.replace('"Pid":7', '"Pid":8');
    expect(await run()).toEqual(anew);
  });

  test("enters it again after a number of runs, whatever the witnesses say", async () => {
    const { run } = anAgent(answersOf());
    const runs: number[] = [];
    for (let at = 0; at < 3 * mostReuses; at += 1) {
      if ((await run()).length > 0) runs.push(at);
    }
    // The first turn is the container's own, so that many containers do not come at once.
    const [first = 0, second = 0, ...more] = runs;
    expect(first).toBe(0);
    expect(second).toBeLessThanOrEqual(mostReuses + 1);
    expect(more.map((at, index) => at - (index === 0 ? second : (more[index - 1] ?? 0)))).toEqual(
      more.map(() => mostReuses + 1),
    );
  });

  test.each([
    { Privileged: false, CapAdd: ["NET_ADMIN"] },
    { Privileged: false, CapAdd: ["cap_net_admin"] },
    { Privileged: false, CapAdd: ["ALL"] },
    { Privileged: true, CapAdd: null },
    {},
  ])("enters it in each run where its processes may change it: %j", async (HostConfig) => {
    const answers = answersOf();
    answers[`GET /containers/${id}/json`] = JSON.stringify({
      State: { Pid: 7 },
      HostConfig,
      NetworkSettings: { SandboxKey: netns },
    });
    const { run } = anAgent(answers);
    expect([await run(), await run()]).toEqual([anew, anew]);
  });

  test.each(["route", "fib_trie", "arp", "dev"])(
    "enters it in each run where /proc does not show %s",
    async (name) => {
      const { [`cat /proc/7/net/${name}`]: _, ...answers } = answersOf();
      const { run } = anAgent(answers);
      expect([await run(), await run()]).toEqual([anew, anew]);
    },
  );

  test("does without the files of IPv6 where the kernel has none", async () => {
    const {
      "cat /proc/7/net/if_inet6": _,
      "cat /proc/7/net/ipv6_route": __,
      ...answers
    } = answersOf();
    const { run } = anAgent(answers);
    expect([await run(), await run()]).toEqual([anew, []]);
  });

  test("forgets containers that Docker lists no more", async () => {
    const answers = answersOf();
    const { run, memory, inner } = anAgent(answers);
    await run();
    expect(memory.kept.size).toBe(1);
    answers["GET /containers/json?all=1"] = "[]";
    await reusingSandboxes(inner, memory).observe(list);
    expect(memory.kept.size).toBe(0);
  });

  test("keeps no failure", async () => {
    const answers = answersOf();
    const { inner, memory } = anAgent(answers);
    const key = `@${netns} ip -j -d -b -`;
    const text = answers[key] ?? "";
    delete answers[key];
    const look = async () => {
      const host = reusingSandboxes(inner, memory);
      for (const query of [list, inspect, hostLinks]) await host.observe(query);
      return host.observe(batch);
    };
    expect(await look()).toMatchObject({ ok: false });
    answers[key] = text;
    expect(await look()).toMatchObject({ ok: true, text });
  });
});
