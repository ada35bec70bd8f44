import type { AnyCheck } from "../../checks/define-check.ts";
import { checks } from "../../checks/index.ts";
import { assume } from "../../derive/assume.ts";
import { type JudgedFacts, judgedFactNames } from "../../derive/judged-intents.ts";
import type { Answered } from "../../derive/why/why.ts";
import { knownFacts, worldOf } from "../../engine/evaluate.ts";
import { judgeSnapshot } from "../../engine/pipeline.ts";
import type { HostSnapshot } from "../../model/facts.ts";
import type { CollectorOutcome, Finding } from "../../model/finding.ts";
import type { WhyFinding } from "../../model/why/why-report.ts";
import { version } from "../version.ts";

/** What was read of a host, and how that went. */
export interface Taken {
  readonly snapshot: HostSnapshot;
  readonly collectors: readonly CollectorOutcome[];
}

/** Findings of doctor whose remedies are tried. */
const mostTried = 8;

/**
 * A rule or a policy that stops a packet is often a symptom: the bridge is down, Docker's chains were flushed. Where a check of doctor
 * finds such a cause, and with its remedy the packet passes on the model, that is the cause to name.
 */
export function withHostCause(
  { snapshot, collectors }: Taken,
  answered: Answered,
  again: (snapshot: HostSnapshot) => Answered | undefined,
): Answered {
  const stopped = answered.causes.find(isOfPath);
  if (stopped === undefined) return answered;
  const known = knownFacts(judgedFactNames, worldOf(snapshot));
  if (!known.ok) return answered;
  const plan = { checks, suppressions: [], toolVersion: version };
  const report = judgeSnapshot({ snapshot, collectors }, plan);
  const findings = report.outcomes.flatMap(({ result }) =>
    result.status === "fail" ? result.findings : [],
  );
  const tried = findings.filter(({ explainedBy }) => explainedBy === undefined);
  for (const finding of tried.slice(0, mostTried)) {
    // The facts are exactly those that judging needs, all known.
    const assumed = assumedSnapshot(snapshot, known.values as JudgedFacts, finding);
    const after = assumed === undefined ? undefined : again(assumed);
    if (after === undefined || after.causes.some(isOfPath) || after.trace?.fate !== "delivered")
      continue;
    const causes = answered.causes.map((own) => (own === stopped ? named(finding, stopped) : own));
    const [first] = causes;
    const isFirst = answered.causes[0] === stopped && first !== undefined;
    const sentence = isFirst
      ? `${answered.question.from} cannot reach ${answered.question.to}: ${first.message}.`
      : answered.sentence;
    return { ...answered, causes, sentence };
  }
  return answered;
}

function isOfPath({ kind }: WhyFinding): boolean {
  return kind === "path-blocked" || kind === "answer-blocked" || kind === "ends-elsewhere";
}

/** The host as the remedy of a finding would leave it. */
function assumedSnapshot(
  snapshot: HostSnapshot,
  facts: JudgedFacts,
  finding: Finding,
): HostSnapshot | undefined {
  const listed: readonly AnyCheck[] = checks;
  const assumptions = listed.find(({ id }) => id === finding.check)?.assume?.(finding) ?? [];
  if (assumptions.length === 0) return undefined;
  const changed = assume(facts, assumptions);
  const replaced = judgedFactNames.map((name) => {
    const fact = snapshot.facts[name];
    return [name, fact.state === "known" ? { ...fact, value: changed[name] } : fact];
  });
  return { ...snapshot, facts: { ...snapshot.facts, ...Object.fromEntries(replaced) } };
}

function named(finding: Finding, stopped: WhyFinding): WhyFinding {
  const { check, remedy, evidence } = finding;
  const shown = new Set(evidence.map(({ text }) => text));
  // The check speaks of the very rule that the packet met: how to take that out is all that it adds.
  if (stopped.evidence.every(({ text }) => shown.has(text))) return { ...stopped, remedy, check };
  return {
    ...stopped,
    message: `${finding.message}, and so ${stopped.message}`,
    evidence: [...evidence, ...stopped.evidence],
    remedy,
    check,
  };
}
