import { compileNetns } from "../../../../src/derive/walk/compile.ts";
import { walk } from "../../../../src/derive/walk/walk.ts";
import type { Attempt } from "../../../../src/model/intent.ts";
import { difference } from "./compare.ts";
import type { DrawnHost } from "./drawn-host.ts";
import type { Fate } from "./observe.ts";
import { type Answers, factsOf } from "./read-host.ts";
import type { HostRun, Pair } from "./run-host.ts";

/** A packet that the walk and the kernel once differed on: what docknet read, what was asked, what the kernel did. */
export interface RegressionCase {
  readonly why: string;
  readonly answers: Answers;
  readonly attempt: Attempt;
  readonly fate: Omit<Fate, "trace">;
  readonly host: Omit<DrawnHost, "probes">;
}

export function caseOf({ host, answers }: HostRun, { attempt, fate, wrong }: Pair): RegressionCase {
  const { trace: _trace, ...rest } = fate;
  const link = host.links.find(({ peer }) => peer === fate.link);
  const { probes: _probes, ...small } = host;
  return {
    why: wrong ?? "",
    answers,
    attempt,
    fate: link === undefined ? rest : { ...rest, link: link.master ?? link.name },
    host: small,
  };
}

/** What the walk says of a kept case beside the kernel: `unsure` is allowed, another certain verdict is not. */
export async function replayed({ answers, attempt, fate }: RegressionCase): Promise<string> {
  const result = walk(compileNetns(await factsOf(answers)), attempt);
  if (result.fate === "unsure") return "unsure";
  return difference(result, { ...fate, trace: [] }, { ordered: true }) ?? "as the kernel";
}
