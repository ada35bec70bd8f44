import { describe, expect, test } from "vitest";
import { leanEngine } from "../../src/cli/lean-engine.ts";

/** An engine, and what it was told. */
function anEngine() {
  const flags: string[] = [];
  let usedMs = 0;
  const engine = leanEngine({ setFlag: (flag) => flags.push(flag), cpuMs: () => usedMs });
  const run = (ms: number) =>
    engine.during(async () => {
      usedMs += ms;
      return ms;
    });
  const fail = (ms: number) =>
    engine.during(async () => {
      usedMs += ms;
      throw new Error("a bug");
    });
  return { flags, run, fail, engine };
}

const lean = ["--optimize-for-size", "--no-opt", "--no-maglev", "--no-sparkplug"];

describe("leanEngine", () => {
  test("sets V8 for a small memory at once, and gives what a run gives", async () => {
    const { flags, run } = anEngine();
    expect(flags).toEqual(lean);
    expect(await run(5)).toBe(5);
  });

  test("leaves it so while runs are small, the first aside", async () => {
    const { flags, run } = anEngine();
    for (const ms of [3_000, 300, 900, 1_000, 2_000, 200]) await run(ms);
    expect(flags).toEqual(lean);
  });

  test("brings the compilers back, once, after three large runs", async () => {
    const { flags, run } = anEngine();
    for (const ms of [1_001, 1_001]) await run(ms);
    expect(flags).toEqual(lean);
    for (const ms of [1_001, 1_001, 1_001]) await run(ms);
    expect(flags).toEqual([...lean, "--opt", "--maglev", "--sparkplug"]);
  });

  test("counts a run that throws, and lets it throw", async () => {
    const { flags, fail } = anEngine();
    for (let at = 0; at < 3; at += 1) await expect(fail(1_001)).rejects.toThrow("a bug");
    expect(flags).toEqual([...lean, "--opt", "--maglev", "--sparkplug"]);
  });

  test("lets the compilers work for what is nothing but computing, and leaves them out again", async () => {
    const { flags, engine } = anEngine();
    const during = await engine.swiftly(async () => [...flags]);
    expect([during, flags]).toEqual([
      [...lean, "--opt", "--maglev", "--sparkplug"],
      [...lean, "--opt", "--maglev", "--sparkplug", ...lean],
    ]);
  });

  test("does not leave them out again where large runs need them, nor for a throw", async () => {
    const { flags, run, engine } = anEngine();
    await expect(engine.swiftly(() => Promise.reject(new Error("a bug")))).rejects.toThrow("a bug");
    expect(flags.slice(-lean.length)).toEqual(lean);
    for (const ms of [1_001, 1_001, 1_001]) await run(ms);
    await engine.swiftly(async () => undefined);
    expect(flags.slice(-3)).toEqual(["--opt", "--maglev", "--sparkplug"]);
  });
});
