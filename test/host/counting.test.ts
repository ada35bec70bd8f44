import { expect, test } from "vitest";
import { type Asked, countingHost } from "../../src/host/counting.ts";
import type { HostPort } from "../../src/host/port.ts";
import { notFound } from "../../src/model/failure.ts";

const inner: HostPort = {
  observe: async (query) => {
    const so = { observedAt: "2026-11-02T10:00:00.000Z", durationMs: 2 };
    return query.kind === "command" && query.argv[0] === "brctl"
      ? { ok: false, failure: notFound("no brctl"), ...so }
      : { ok: true, text: "", ...so };
  },
};

test("counts commands by program and requests to Docker together, over all runs, and files not at all", async () => {
  const asked: Asked = new Map();
  for (const _ of ["first run", "second run"]) {
    const host = countingHost(inner, asked);
    await host.observe({ kind: "command", argv: ["ip", "-j", "rule"] });
    await host.observe({ kind: "command", argv: ["ip", "-j", "-d", "addr"] });
    await host.observe({ kind: "command", argv: ["brctl", "show"] });
    await host.observe({ kind: "docker", path: "/info" });
    await host.observe({ kind: "docker", path: "/version" });
    await host.observe({ kind: "file", path: "/proc/modules" });
  }
  expect(Object.fromEntries(asked)).toEqual({
    ip: { runs: 4, failures: 0, durationMs: 8 },
    brctl: { runs: 2, failures: 2, durationMs: 4 },
    docker_api: { runs: 4, failures: 0, durationMs: 8 },
  });
});
