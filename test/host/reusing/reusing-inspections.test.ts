import { expect, test } from "vitest";
import type { HostPort } from "../../../src/host/port.ts";
import {
  inspectionMemory,
  mostInspectionReuses,
  reusingInspections,
} from "../../../src/host/reusing/reusing-inspections.ts";

interface Entry {
  readonly Id: string;
  readonly State: string;
  readonly Status: string;
  readonly NetworkSettings: {
    readonly Networks: { readonly bridge: { readonly EndpointID: string } };
  };
}

const entry = (Id: string, EndpointID: string, Status = "Up 1 second"): Entry => ({
  Id,
  State: "running",
  Status,
  NetworkSettings: { Networks: { bridge: { EndpointID } } },
});

const list = { kind: "docker", path: "/containers/json?all=1" } as const;
const inspect = (id: string) => ({ kind: "docker", path: `/containers/${id}/json` }) as const;

/** A Docker whose list is what the test says; inspecting gives how often the container was inspected. */
function aDocker(listText: () => string) {
  const asked: string[] = [];
  const host: HostPort = {
    async observe(query) {
      const path = query.kind === "docker" ? query.path : "";
      asked.push(path);
      const times = asked.filter((other) => other === path).length;
      const text = path === list.path ? listText() : `${path} ${times}`;
      return { ok: true, text, observedAt: "2026-11-01T00:00:00.000Z", durationMs: 1 };
    },
  };
  return { host, inspected: () => asked.filter((path) => path !== list.path) };
}

test("inspects a container again only when its entry in the list has changed", async () => {
  let entries = [entry("a1", "e1"), entry("b2", "e2")];
  const docker = aDocker(() => JSON.stringify(entries));
  const memory = inspectionMemory();
  const run = async (): Promise<readonly unknown[]> => {
    const host = reusingInspections(docker.host, memory);
    await host.observe(list);
    const answers = await Promise.all(entries.map(({ Id }) => host.observe(inspect(Id))));
    return answers.map((answer) => (answer.ok ? answer.text : answer.failure));
  };
  expect(await run()).toEqual(["/containers/a1/json 1", "/containers/b2/json 1"]);
  entries = [entry("a1", "e1", "Up 2 minutes"), entry("b2", "e9")];
  expect(await run()).toEqual(["/containers/a1/json 1", "/containers/b2/json 2"]);
  entries = [entry("b2", "e9")];
  expect(await run()).toEqual(["/containers/b2/json 2"]);
  expect([...memory.answers.keys()]).toEqual(["b2"]);
});

test("inspects a container again now and then: it may have been seen in a passing state, such as paused", async () => {
  const docker = aDocker(() => JSON.stringify([entry("a1", "e1"), entry("b2", "e2")]));
  const memory = inspectionMemory();
  const looks = { a1: [] as number[], b2: [] as number[] };
  for (let at = 0; at < 3 * mostInspectionReuses; at += 1) {
    const before = docker.inspected().length;
    const host = reusingInspections(docker.host, memory);
    await host.observe(list);
    for (const id of ["a1", "b2"] as const) await host.observe(inspect(id));
    for (const path of docker.inspected().slice(before))
      looks[path.includes("a1") ? "a1" : "b2"].push(at);
  }
  const [, first = 0, second = 0] = looks.a1;
  expect(first).toBeLessThanOrEqual(mostInspectionReuses + 1);
  expect(second - first).toBe(mostInspectionReuses + 1);
  expect(looks.a1.slice(1)).not.toEqual(looks.b2.slice(1));
});

test.each(["", "{", "[]", "null", '[1, null, {"Id": 7}]'])(
  "reuses nothing where the list is %j",
  async (text) => {
    const docker = aDocker(() => text);
    const host = reusingInspections(docker.host, inspectionMemory());
    await host.observe(list);
    await host.observe(inspect("a1"));
    await host.observe(inspect("a1"));
    expect(docker.inspected()).toEqual([inspect("a1").path, inspect("a1").path]);
  },
);

test("remembers no failure, and nothing while Docker gives no list", async () => {
  let fails = true;
  const failure = { kind: "bad-answer", message: "HTTP 500" } as const;
  const inner: HostPort = {
    async observe(query) {
      const at = { observedAt: "2026-11-01T00:00:00.000Z", durationMs: 1 };
      const text = query.kind === "docker" && query.path === list.path ? "[]" : "fresh";
      if (fails) return { ok: false, failure, ...at };
      return { ok: true, text: text === "[]" ? JSON.stringify([entry("a1", "e1")]) : text, ...at };
    },
  };
  const memory = inspectionMemory();
  const host = reusingInspections(inner, memory);
  await host.observe(list);
  expect(await host.observe(inspect("a1"))).toMatchObject({ ok: false });
  fails = false;
  await host.observe(list);
  fails = true;
  expect(await host.observe(inspect("a1"))).toMatchObject({ ok: false });
  expect(memory.answers.size).toBe(0);
  fails = false;
  expect(await host.observe(inspect("a1"))).toMatchObject({ ok: true, text: "fresh" });
  expect(await host.observe({ kind: "system", topic: "memory" })).toMatchObject({ text: "fresh" });
});
