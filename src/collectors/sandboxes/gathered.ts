import type { IgnoredLine } from "../../model/facts.ts";
import type { HostQuery } from "../../model/query.ts";
import type { SandboxPart } from "../../model/sandbox.ts";
import type { Answer } from "../ask.ts";

/** A part of a namespace, and where it is from. */
export interface Gathered<T> {
  readonly part: SandboxPart<T>;
  readonly sources?: readonly HostQuery[];
  readonly ignored?: readonly IgnoredLine[];
}

export function gathered<T>(answer: Answer<T>): Gathered<T> {
  if (!answer.ok) return { part: { state: "unknown", failure: answer.failure } };
  const { value, sources, ignored } = answer;
  return { part: { state: "known", value }, sources, ignored };
}

export function missing(reason: string): Gathered<never> {
  return { part: { state: "absent", reason } };
}

/** The answer of those who may enter; else what /proc shows of it, with what that lacks. */
export function orReduced<T>(
  full: Answer<T>,
  reduced: Answer<T> | undefined,
  lacks: string,
): Gathered<T> {
  if (full.ok || reduced === undefined || !reduced.ok) return gathered(full);
  const { value, sources, ignored } = reduced;
  const why = `${lacks}: ${full.failure.message}`;
  return { part: { state: "known", value, reduced: why }, sources, ignored };
}
