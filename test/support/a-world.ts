import type { World } from "../../src/cli/world.ts";
import type { Plan } from "../../src/engine/plan.ts";
import { notFound } from "../../src/model/failure.ts";
import type { Report } from "../../src/model/finding.ts";
import { aReport } from "./a-report.ts";

/** A world without a process: what a command wrote and asked for can be read afterwards. */
export interface FakeWorld {
  readonly world: World;
  stdout(): string;
  stderr(): string;
  /** How the pipeline was called, in order. */
  readonly plans: readonly Plan[];
  /** Which hosts were opened, in order. */
  readonly sources: readonly Parameters<World["openHost"]>[0][];
}

export function aWorld(
  change: Partial<Pick<World, "env" | "openHost" | "runPipeline">> & {
    readonly report?: Report;
    /** What files and standard input hold; asked by path, or by "-". */
    readonly inputs?: Readonly<Record<string, string>>;
    readonly stdoutIsTerminal?: true;
    readonly stderrIsTerminal?: true;
  } = {},
): FakeWorld {
  const out: string[] = [];
  const err: string[] = [];
  const plans: Plan[] = [];
  const sources: Parameters<World["openHost"]>[0][] = [];
  const clock = { now: () => "2026-11-02T10:00:00.000Z", elapsedMs: () => 0 };
  const silent = { ok: false, failure: notFound("nothing here"), durationMs: 0 } as const;
  const host = { observe: async () => ({ ...silent, observedAt: clock.now() }) };
  return {
    stdout: () => out.join(""),
    stderr: () => err.join(""),
    plans,
    sources,
    world: {
      stdout: {
        isTerminal: change.stdoutIsTerminal ?? false,
        write: async (text) => void out.push(text),
      },
      stderr: {
        isTerminal: change.stderrIsTerminal ?? false,
        write: async (text) => void err.push(text),
      },
      env: change.env ?? {},
      openHost: async (source) => {
        sources.push(source);
        return (await change.openHost?.(source)) ?? { ok: true, host, clock };
      },
      readInput: async (path = "-") => {
        const text = change.inputs?.[path];
        return text === undefined
          ? { ok: false, failure: notFound(`there is no file ${path}`) }
          : { ok: true, text };
      },
      writeBundle: async () => undefined,
      runPipeline: async (onHost, plan) => {
        plans.push(plan);
        plan.onProgress?.({ kind: "collecting", fact: "routes", done: 1, of: 2 });
        plan.onProgress?.({ kind: "judging" });
        return (await change.runPipeline?.(onHost, plan)) ?? change.report ?? aReport();
      },
    },
  };
}
