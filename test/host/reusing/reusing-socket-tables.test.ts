import { describe, expect, test } from "vitest";
import type { HostPort } from "../../../src/host/port.ts";
import {
  mostSocketReuses,
  reusingSocketTables,
  socketMemory,
  tcpTablesInRun,
} from "../../../src/host/reusing/reusing-socket-tables.ts";
import { fakeKey } from "../../support/fake-host.ts";

const list = { kind: "docker", path: "/containers/json?all=1" } as const;
const fileOf = (pid: number, name: string) =>
  ({ kind: "file", path: `/proc/${pid}/net/${name}` }) as const;

/** An agent with its memory: each run looks at the containers' processes, and gives the tables that the kernel printed. */
function anAgent(answers: Record<string, string>) {
  const memory = socketMemory();
  let printed: string[] = [];
  const inner: HostPort = {
    async observe(query) {
      const key = fakeKey(query);
      if (/(?:tc|ud)p6?$/.test(key)) printed.push(key.replace("cat /proc/", ""));
      const text = answers[key];
      const at = { observedAt: "2026-11-02T10:00:00.000Z", durationMs: 1 };
      return text === undefined
        ? { ok: false, failure: { kind: "not-found", message: "no such thing" }, ...at }
        : { ok: true, text, ...at };
    },
  };
  const run = async (pids: readonly number[]): Promise<readonly string[]> => {
    printed = [];
    const host = reusingSocketTables(inner, memory);
    await host.observe(list);
    for (const pid of pids) {
      for (const six of ["", "6"]) {
        await host.observe(fileOf(pid, `sockstat${six}`));
        const answer = await host.observe(fileOf(pid, `tcp${six}`));
        expect(answer.ok ? answer.text : answer.failure.kind).toEqual(
          answers[`cat /proc/${pid}/net/tcp${six}`] ?? "not-found",
        );
      }
    }
    await host.observe(list);
    return printed;
  };
  return { run, memory };
}

function answersOf(): Record<string, string> {
  return {
    "GET /containers/json?all=1": "[]",
    "cat /proc/20/net/sockstat":
      "sockets: used 9\nTCP: inuse 2 orphan 0 tw 0 alloc 9 mem 1\nUDP: inuse 0 mem 0\n",
    "cat /proc/20/net/sockstat6": "TCP6: inuse 1\nUDP6: inuse 0\n",
    "cat /proc/20/net/tcp": "four",
    "cat /proc/20/net/tcp6": "six",
  };
}

describe("an agent", () => {
  test("has tables of TCP printed once while as many sockets are in use", async () => {
    const answers = answersOf();
    const { run } = anAgent(answers);
    expect(await run([20])).toEqual(["20/net/tcp", "20/net/tcp6"]);
    answers["cat /proc/20/net/sockstat"] =
      "sockets: used 5\nTCP: inuse 2 orphan 7 tw 3 alloc 77 mem 4\nUDP: inuse 9 mem 0\n";
    expect(await run([20])).toEqual([]);
  });

  test("has that one printed again whose family has another number of sockets", async () => {
    const answers = answersOf();
    const { run } = anAgent(answers);
    await run([20]);
    answers["cat /proc/20/net/sockstat6"] = "TCP6: inuse 2\n";
    answers["cat /proc/20/net/tcp6"] = "six, and another";
    expect(await run([20])).toEqual(["20/net/tcp6"]);
    expect(await run([20])).toEqual([]);
  });

  test("has them printed again after a number of runs, whatever the count says", async () => {
    const { run } = anAgent(answersOf());
    const runs: number[] = [];
    for (let at = 0; at < 2 * mostSocketReuses + 3; at += 1) {
      if ((await run([20])).length > 0) runs.push(at);
    }
    // Not all containers in the same run: that of process 20 comes 20 runs early, once.
    expect(runs).toEqual([0, mostSocketReuses - 19, 2 * mostSocketReuses - 18]);
  });

  test("has them printed each time where the count cannot be read, or the table could not", async () => {
    const answers = answersOf();
    const { run } = anAgent(answers);
    delete answers["cat /proc/20/net/sockstat"];
    delete answers["cat /proc/20/net/tcp6"];
    expect(await run([20])).toEqual(["20/net/tcp", "20/net/tcp6"]);
    expect(await run([20])).toEqual(["20/net/tcp", "20/net/tcp6"]);
  });

  test("forgets those of processes that are no longer asked about", async () => {
    const answers = answersOf();
    const { run, memory } = anAgent(answers);
    for (const [key, text] of Object.entries(answers)) answers[key.replace("/20/", "/30/")] = text;
    await run([20, 30]);
    expect(memory.kept.size).toBe(4);
    await run([30]);
    expect([...memory.kept.keys()]).toEqual(["/proc/30/net/tcp", "/proc/30/net/tcp6"]);
  });

  test("has tables of UDP printed again only when the number of sockets changes, though the count is asked at the same time", async () => {
    const answers: Record<string, string> = { ...answersOf(), "cat /proc/20/net/udp": "udp" };
    const memory = socketMemory();
    const asked: string[] = [];
    const inner: HostPort = {
      async observe(query) {
        const key = fakeKey(query);
        asked.push(key);
        return { ok: true, text: answers[key] ?? "", observedAt: "", durationMs: 1 };
      },
    };
    const run = async () => {
      asked.length = 0;
      const host = reusingSocketTables(inner, memory);
      await host.observe(list);
      const both = [fileOf(20, "sockstat"), fileOf(20, "udp")].map((query) => host.observe(query));
      await Promise.all(both);
      return asked.includes("cat /proc/20/net/udp");
    };
    expect([await run(), await run()]).toEqual([true, false]);
    answers["cat /proc/20/net/sockstat"] = "TCP: inuse 2\nUDP: inuse 1 mem 0\n";
    expect([await run(), await run()]).toEqual([true, false]);
  });

  test("lets containers with traffic take turns, a few tables in each run", async () => {
    const answers: Record<string, string> = { "GET /containers/json?all=1": "[]" };
    const pids = Array.from({ length: 40 }, (_, at) => 100 + at);
    let connections = 0;
    const change = () => {
      connections += 1;
      for (const pid of pids) {
        for (const six of ["", "6"]) {
          answers[`cat /proc/${pid}/net/sockstat${six}`] = `TCP${six}: inuse ${connections}\n`;
          answers[`cat /proc/${pid}/net/tcp${six}`] = "table";
        }
      }
    };
    const { run } = anAgent(answers);
    change();
    expect(await run(pids)).toHaveLength(80);
    const printed: (readonly string[])[] = [];
    for (let at = 0; at < 40; at += 1) {
      change();
      printed.push(await run(pids));
    }
    const perRun = printed.map(({ length }) => length);
    // Beside them those that were not read for an hour.
    expect(Math.max(...perRun)).toBeLessThanOrEqual(tcpTablesInRun + 6);
    expect(new Set(printed.flat()).size).toBe(80);
  });
});
