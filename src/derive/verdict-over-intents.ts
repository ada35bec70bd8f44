import type { Doubt, Problem, Verdict } from "../model/finding.ts";
import { notApplicable, pass } from "../model/finding.ts";
import type { JudgedIntent } from "../model/intent.ts";
import { elementText } from "./evidence.ts";

/** The verdict of a check that reads promises: problems are certain, what is unsure is never a pass. */
export function verdictOverIntents(
  relevant: readonly JudgedIntent[],
  problems: readonly Problem[],
  nothing: string,
): Verdict {
  const [first, ...rest] = problems;
  const doubts = doubtsOf(relevant);
  if (first !== undefined) return { status: "fail", problems: [first, ...rest], doubts };
  const [doubt, ...others] = doubts;
  if (doubt !== undefined) return { status: "unknown", because: [doubt, ...others] };
  return relevant.length === 0 ? notApplicable(nothing) : pass;
}

/** One doubt for each reason, with how many promises it leaves open. */
export function doubtsOf(judged: readonly JudgedIntent[]): readonly Doubt[] {
  const unsure = judged.flatMap(({ intent, outcome }) =>
    outcome.state === "unsure" ? [{ intent, reason: elementText(outcome.element) }] : [],
  );
  return [...Map.groupBy(unsure, ({ reason }) => reason)].map(([reason, all]) => ({
    about:
      all.length === 1
        ? (all[0]?.intent.title ?? "")
        : `${all.length} packets that Docker promised to carry`,
    reason,
  }));
}
