import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { LiveOptions } from "../../src/host/live.ts";
import { liveHost } from "../../src/host/live.ts";
import { slots } from "../../src/host/slots.ts";
import { aDockerSocket, anEngine, aRawSocket } from "../support/a-docker-socket.ts";

const now = "2026-11-02T10:00:00.000Z";

describe("liveHost", () => {
  test("dates an observation and says how long it took", async () => {
    let elapsed = 0;
    const clock = { now: () => now, elapsedMs: () => (elapsed += 12.34) };
    const host = aLiveHost({ clock });
    expect(await host.observe({ kind: "file", path: "/proc/sys/kernel/osrelease" })).toEqual({
      ok: true,
      text: expect.stringMatching(/^\d+\..*\n$/),
      observedAt: now,
      durationMs: 12.3,
    });
  });

  test("refuses what is not on the closed list, without asking it", async () => {
    expect(await aLiveHost().observe({ kind: "command", argv: ["touch", "/tmp/x"] })).toEqual({
      ok: false,
      failure: {
        kind: "refused",
        message:
          'docknet does not ask this: "touch /tmp/x" is not on the list of read-only commands',
      },
      observedAt: now,
      durationMs: 0,
    });
  });

  test("asks the kernel, a directory, Docker and the memory", async () => {
    const dockerSocket = await aDockerSocket({ "/version": anEngine });
    const host = aLiveHost({ dockerSocket });
    const answers = await Promise.all([
      host.observe({ kind: "file", path: "/proc/sys/net/ipv4/ip_forward" }),
      host.observe({ kind: "directory", path: "/no/such/netns" }),
      host.observe({ kind: "docker", path: "/version" }),
      host.observe({ kind: "system", topic: "memory" }),
      host.observe({ kind: "command", argv: ["ip", "-j", "rule"], netns: "/no/such/netns/a" }),
      host.observe({ kind: "file", path: "/proc/sys/net/a", netns: "/no/such/netns/a" }),
    ]);
    const said = answers.map((answer) => (answer.ok ? answer.text : answer.failure.kind));
    expect(said).toEqual([
      expect.stringMatching(/^[01]\n$/),
      "not-found",
      JSON.stringify(anEngine),
      expect.stringMatching(/"total":\d+,.*"available":\d+/),
      "not-found",
      "not-found",
    ]);
  });

  test("answers everything at once when the run is over, what is under way and what comes", async () => {
    const stop = new AbortController();
    const dockerSocket = await aRawSocket(() => stop.abort());
    const host = aLiveHost({ dockerSocket, signal: stop.signal, concurrency: 1 });
    const queries = [
      { kind: "docker", path: "/info" },
      { kind: "command", argv: ["ip", "-j", "-d", "addr"] },
    ] as const;
    const answers = await Promise.all(queries.map((query) => host.observe(query)));
    expect(answers.map((answer) => (answer.ok ? "answered" : answer.failure))).toEqual([
      {
        kind: "timed-out",
        message: expect.stringMatching(/^the time of the run (is|was) over before /),
        timeoutMs: 5000,
      },
      {
        kind: "timed-out",
        message: 'the time of the run was over before "ip -j -d addr"; allow more with --timeout',
        timeoutMs: 5000,
      },
    ]);
  });
});

describe("slots", () => {
  test("runs no more at once than there are slots, in the order of asking, also after a failure", async () => {
    const inSlot = slots(2);
    const started: number[] = [];
    let running = 0;
    let most = 0;
    const work = [0, 1, 2, 3, 4].map((number) =>
      inSlot(async () => {
        started.push(number);
        running += 1;
        most = Math.max(most, running);
        await sleep(5);
        running -= 1;
        if (number === 1) throw new Error("one of them fails");
        return number;
      }).catch(() => "failed"),
    );
    expect(await Promise.all(work)).toEqual([0, "failed", 2, 3, 4]);
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });
});

function aLiveHost(options: Partial<LiveOptions> = {}) {
  const clock = { now: () => now, elapsedMs: () => 0 };
  return liveHost({ dockerSocket: "/no/such/socket", timeoutMs: 5000, clock, ...options });
}
