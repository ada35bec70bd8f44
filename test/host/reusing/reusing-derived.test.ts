import { describe, expect, test } from "vitest";
import {
  derivedAnswers,
  mostDerivedReuses,
  mostSightingReuses,
  reusingDerived,
} from "../../../src/host/reusing/reusing-derived.ts";
import type { HostQuery } from "../../../src/model/query.ts";
import { type FakeAnswer, fakeKey, watchedHost } from "../../support/fake-host.ts";

const own = "a".repeat(64);
const gateway = "b".repeat(64);
const overlay = "c".repeat(64);
const command = (...argv: readonly [string, ...string[]]) => ({ kind: "command", argv }) as const;
const docker = (path: `/${string}`) => ({ kind: "docker", path }) as const;
const list = docker("/containers/json?all=1");

/** In the order in which collectors ask. */
const questions: readonly HostQuery[] = [
  command("ip", "-j", "-d", "addr"),
  command("ip", "-j", "route", "show", "table", "all"),
  command("ip", "-j", "-6", "route", "show", "table", "all"),
  command("ip", "-j", "rule"),
  command("ip", "-j", "-6", "rule"),
  command("ip", "-j", "route", "get", "1.1.1.1"),
  command("ip", "-j", "-6", "route", "get", "2606:4700:4700::1111"),
  command("brctl", "show"),
  command("ss", "-lntuHp"),
  docker("/networks"),
];
/** What follows from those. */
const later: readonly HostQuery[] = [
  { kind: "file", path: "/proc/70/cmdline" },
  { kind: "file", path: "/proc/71/cmdline" },
  docker(`/networks/${own}`),
  docker(`/networks/${gateway}`),
  docker(`/networks/${overlay}`),
];

const sockets = [
  'tcp LISTEN 0 4096 0.0.0.0:80 0.0.0.0:* users:(("docker-proxy",pid=70,fd=4))',
  'tcp LISTEN 0 4096 0.0.0.0:53 0.0.0.0:* users:(("named",pid=71,fd=4))',
];
const networks = [
  { Id: own, Name: "apps", Driver: "bridge", Scope: "local" },
  { Id: gateway, Name: "docker_gwbridge", Driver: "bridge", Scope: "local" },
  { Id: overlay, Name: "mesh", Driver: "overlay", Scope: "swarm" },
];

function answersOf(): Record<string, FakeAnswer> {
  return {
    [fakeKey(list)]: '[{"Id":"c1","State":"running","Status":"Up 1 second"}]',
    ...Object.fromEntries([...questions, ...later].map((query) => [fakeKey(query), "text\n"])),
    "ip -j -d addr": '[{"ifname":"docker0","gc_timer":12.5,"mtu":1500}]\n',
    "ss -lntuHp": `${sockets.join("\n")}\n`,
    "GET /networks": JSON.stringify(networks),
  };
}

/** An agent with its memory: each look gives what the host was asked of those questions that can follow from others. */
function anAgent(answers: Record<string, FakeAnswer>) {
  const memory = derivedAnswers();
  const look = async (): Promise<readonly string[]> => {
    const { host, asked } = watchedHost(answers);
    const wrapped = reusingDerived(host, memory);
    await wrapped.observe(list);
    for (const group of [questions, later]) {
      const given = await Promise.all(group.map((query) => wrapped.observe(query)));
      const expected = group.map((query) => answers[fakeKey(query)]);
      expect(given.map((each) => (each.ok ? each.text : each.failure))).toEqual(expected);
    }
    await wrapped.observe(list);
    return asked.filter((key) => canFollow.has(key));
  };
  return { look, memory };
}

const sightings = ["ip -j route get 1.1.1.1", "ip -j -6 route get 2606:4700:4700::1111"];
const canFollow = new Set([...sightings, "brctl show", ...later.map(fakeKey)]);
/** What has no witness: the arguments of a program that is not docker-proxy, and networks with endpoints that are nobody's. */
const always = ["cat /proc/71/cmdline", `GET /networks/${gateway}`, `GET /networks/${overlay}`];

describe("an agent", () => {
  test("asks again only what nothing else tells, while nothing changes but ages and timers", async () => {
    const answers = answersOf();
    const { look } = anAgent(answers);
    expect((await look()).toSorted()).toEqual([...canFollow].sort());
    answers[fakeKey(list)] = '[{"Id":"c1","State":"running","Status":"Up 9 minutes"}]';
    answers["ip -j -d addr"] = '[{"ifname":"docker0","gc_timer":99.75,"mtu":1500}]\n';
    expect(await look()).toEqual(always);
  });

  test.each<readonly [string, FakeAnswer, readonly string[]]>([
    [
      "ip -j -d addr",
      '[{"ifname":"docker0","gc_timer":1,"mtu":1400}]\n',
      [...sightings, "brctl show"],
    ],
    ["ip -j route show table all", "other\n", sightings],
    ["ip -j -6 rule", "other\n", sightings],
    [
      "ss -lntuHp",
      `${sockets[0]?.replace(":80", ":81")}\n${sockets[1]}\n`,
      ["cat /proc/70/cmdline"],
    ],
    ["ss -lntuHp", `${sockets[0]}\n`, []],
    [
      "GET /containers/json?all=1",
      '[{"Id":"c1","State":"running","Ports":[80]}]',
      ["cat /proc/70/cmdline", `GET /networks/${own}`],
    ],
    [
      "GET /networks",
      JSON.stringify(networks.map((each) => ({ ...each, Internal: true }))),
      [`GET /networks/${own}`],
    ],
  ])("asks again what follows from `%s` when that says %j", async (key, text, again) => {
    const answers = answersOf();
    const { look } = anAgent(answers);
    await look();
    answers[key] = text;
    for (const query of [...later, ...questions]) {
      if (again.includes(fakeKey(query))) answers[fakeKey(query)] = "new\n";
    }
    expect((await look()).toSorted()).toEqual([...always, ...again].sort());
    expect(await look()).toEqual(always);
  });

  test("asks the kernel now and then where it routes, as it may have learnt what is in no table", async () => {
    const { look } = anAgent(answersOf());
    const turns: number[] = [];
    for (let at = 0; at <= 2 * (mostSightingReuses + 1); at += 1) {
      if ((await look()).includes("ip -j route get 1.1.1.1")) turns.push(at);
    }
    expect(turns).toEqual([0, mostSightingReuses + 1, 2 * (mostSightingReuses + 1)]);
  });

  test("asks everything again now and then, as it may have been told in a passing state", async () => {
    const { look } = anAgent(answersOf());
    const turns: number[] = [];
    for (let at = 0; at <= mostDerivedReuses + 1; at += 1) {
      const asked = await look();
      if (
        ["brctl show", "cat /proc/70/cmdline", `GET /networks/${own}`].every((key) =>
          asked.includes(key),
        )
      )
        turns.push(at);
    }
    expect(turns).toEqual([0, mostDerivedReuses + 1]);
  });

  test("remembers that a far address has no route, and no other failure", async () => {
    const answers = answersOf();
    const unreachable = {
      kind: "exit",
      message: "unreachable",
      stderr: "RTNETLINK answers: Network is unreachable",
    } as const;
    answers["ip -j -6 route get 2606:4700:4700::1111"] = unreachable;
    answers["brctl show"] = { kind: "exit", message: "brctl failed", stderr: "Out of luck" };
    const { look } = anAgent(answers);
    await look();
    expect(await look()).toEqual(["brctl show", ...always]);
  });

  test.each([
    "ip -j -d addr",
    "ip -j rule",
    "ss -lntuHp",
    "GET /networks",
    "GET /containers/json?all=1",
  ])("takes nothing for granted where `%s` fails", async (key) => {
    const answers = answersOf();
    const { look } = anAgent(answers);
    await look();
    answers[key] = { kind: "not-found", message: "no such thing" };
    const asked = await look();
    expect(asked.length).toBeGreaterThan(always.length);
    expect((await look()).toSorted()).toEqual(asked.toSorted());
  });

  test("forgets what it no longer asks", async () => {
    const answers = answersOf();
    const { look, memory } = anAgent(answers);
    await look();
    expect(memory.size).toBe(5);
    const { host } = watchedHost(answers);
    const wrapped = reusingDerived(host, memory);
    for (const query of [list, command("ip", "-j", "-d", "addr"), command("brctl", "show"), list])
      await wrapped.observe(query);
    expect([...memory.keys()].map((key) => JSON.parse(key))).toEqual([command("brctl", "show")]);
  });
});
