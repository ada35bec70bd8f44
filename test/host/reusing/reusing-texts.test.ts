import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { ask } from "../../../src/collectors/ask.ts";
import { reusingTexts, textMemory } from "../../../src/host/reusing/reusing-texts.ts";
import type { HostQuery } from "../../../src/model/query.ts";
import { parsed } from "../../../src/parsers/parsed.ts";
import { fakeHost } from "../../support/fake-host.ts";

const list = { kind: "docker", path: "/containers/json?all=1" } as const;
const rules: HostQuery = { kind: "command", argv: ["ip", "-j", "rule"] };
const links: HostQuery = { kind: "command", argv: ["ip", "-j", "-d", "addr"] };

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** An agent with its memory: each look asks one question, and tells whether the answer was parsed. */
function anAgent() {
  const memory = textMemory();
  let times = 0;
  const parser = (text: string) => {
    times += 1;
    return parsed(text);
  };
  const look = async (query: HostQuery, text: string): Promise<boolean> => {
    const before = times;
    const answers = {
      "GET /containers/json?all=1": "[]",
      "ip -j rule": text,
      "ip -j -d addr": text,
    };
    const host = reusingTexts(fakeHost(answers), memory);
    await host.observe(list);
    const answer = await ask(host, query, parser);
    expect(answer.ok).toBe(true);
    return times > before;
  };
  return { look, memory };
}

describe("an agent", () => {
  test("parses an answer again only when it reads otherwise", async () => {
    const { look } = anAgent();
    expect(await look(rules, "[1]\n")).toBe(true);
    expect(await look(rules, "[1]\n")).toBe(false);
    expect(await look(rules, "[2]\n")).toBe(true);
    expect(await look(rules, "[1]\n")).toBe(true);
  });

  test("takes links for the same while only the timers of bridges run", async () => {
    const { look } = anAgent();
    const addr = (timer: number, mtu: number) =>
      `[{"ifname":"docker0","mtu":${mtu},"linkinfo":{"info_data":{"hello_timer":0.5,"gc_timer":${timer},"vlan":1}}}]\n`;
    expect(await look(links, addr(12.5, 1500))).toBe(true);
    expect(await look(links, addr(99, 1500))).toBe(false);
    expect(await look(links, addr(99, 1400))).toBe(true);
    expect(await look(rules, addr(1, 1400))).toBe(true);
    expect(await look(rules, addr(2, 1400))).toBe(true);
  });

  test("keeps no answer that is very long, and none that nobody asks for any more", async () => {
    const { look, memory } = anAgent();
    const long = `["${"x".repeat(300_000)}"]\n`;
    expect([await look(rules, long), await look(rules, long)]).toEqual([true, true]);
    await look(links, "[]\n");
    expect(memory.kept.size).toBe(2);
    for (let at = 0; at < 4; at += 1) await look(rules, "[]\n");
    expect([...memory.kept.keys()].some((key) => key.includes("addr"))).toBe(false);
  });

  test("forgets what a parser of one call made of it", async () => {
    const results: WeakRef<object>[] = [];
    const memory = textMemory();
    for (let at = 0; at < 20; at += 1) {
      const host = reusingTexts(fakeHost({ "ip -j rule": "[1]\n" }), memory);
      const answer = await ask(host, rules, (text) => parsed({ text }));
      if (answer.ok) results.push(new WeakRef(answer.value));
    }
    await nextTurn();
    collectGarbage();
    expect(results).toHaveLength(20);
    expect(results.filter((result) => result.deref() !== undefined).length).toBeLessThan(5);
  });
});
