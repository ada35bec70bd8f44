import type { HostSnapshot } from "../../model/facts.ts";
import type { JudgedFacts } from "../judged-intents.ts";
import { kernelFacts, missingFacts, type ReadableFacts, readableFacts } from "../readable-facts.ts";
import { type FateChanges, fateChanges, type HostThen } from "./fate-changes.ts";

export interface FateChangesAnswer extends FateChanges {
  readonly notes: readonly string[];
  /** False where one of the snapshots does not tell what Docker promised. */
  readonly comparable: boolean;
}

type SnapshotFacts = HostSnapshot["facts"];

/** The changes between two snapshots of which not all needs to be known. */
export function fateChangesOfFacts(before: SnapshotFacts, after: SnapshotFacts): FateChangesAnswer {
  const [was, is] = [readableFacts(before), readableFacts(after)];
  if (was.state === "nothing-promised") return nothing("before", was);
  const notes = was.missing.map((text) => `before: ${text}`);
  const past = thenOf(was.facts, was.missing);
  if (is.state === "nothing-promised" && is.certain) {
    const none = thenOf({ ...was.facts, containers: [], dockerDaemon: stopped(is) }, []);
    return {
      ...fateChanges(past, none),
      notes: [...notes, ...is.reasons.map((text) => `after: ${text}`)],
      comparable: true,
    };
  }
  if (is.state === "readable") {
    return {
      ...fateChanges(past, thenOf(is.facts, is.missing)),
      notes: [...notes, ...is.missing.map((text) => `after: ${text}`)],
      comparable: true,
    };
  }
  // The kernel goes on with what Docker left it: the promises of before are walked through it.
  const missing = missingFacts(after);
  return {
    ...fateChanges(past, thenOf({ ...was.facts, ...kernelFacts(after) }, missing)),
    notes: [
      ...notes,
      ...[...is.reasons, ...missing].map((text) => `after: ${text}`),
      "after: what Docker promised is taken from before",
    ],
    comparable: true,
  };
}

function thenOf(facts: JudgedFacts, missing: readonly string[]): HostThen {
  return missing.length === 0 ? { facts } : { facts, blind: missing.join("; ") };
}

function stopped({
  reasons,
}: Extract<ReadableFacts, { readonly state: "nothing-promised" }>): JudgedFacts["dockerDaemon"] {
  return { state: "not-installed", reason: reasons.join("; ") };
}

function nothing(
  side: string,
  { reasons }: Extract<ReadableFacts, { readonly state: "nothing-promised" }>,
): FateChangesAnswer {
  const notes = reasons.map((text) => `${side}: ${text}`);
  return { promises: 0, changes: [], notes, comparable: false };
}
