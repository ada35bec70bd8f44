import type { AnyCheck } from "../checks/define-check.ts";
import { assume } from "../derive/assume.ts";
import {
  type JudgedFactName,
  type JudgedFacts,
  judge,
  judgedFactNames,
  judgedIntents,
} from "../derive/judged-intents.ts";
import type { Assumption } from "../model/assumption.ts";
import type { FactName } from "../model/facts.ts";
import type { Doubt, Problem, Severity } from "../model/finding.ts";
import type { JudgedIntent } from "../model/intent.ts";
import { type Evaluated, evaluateCheck, knownFacts, type World } from "./evaluate.ts";
import { fingerprintOf } from "./outcome.ts";

/** What the engine found out about a finding by trying its remedy on the model. */
export interface Attribution {
  /** Fingerprint of the cause that it folds under. */
  readonly explainedBy?: string;
  /** Severity of that cause. */
  readonly severityOfCause?: Severity;
  readonly proof?: { readonly mends: number; readonly of: number };
  /** The remedy changes nothing on the model. */
  readonly doubt?: Doubt;
}

interface Judged {
  readonly check: AnyCheck;
  readonly evaluated: Evaluated;
}

interface Claim {
  readonly fingerprint: string;
  readonly check: AnyCheck;
  readonly problem: Problem;
  readonly assumptions: readonly Assumption[];
}

/** What a remedy does on the model. */
interface Effect {
  /** Findings that are gone. */
  readonly vanished: ReadonlySet<string>;
  /** Broken promises that are kept. */
  readonly mends: number;
}

/** Distinct remedies that are tried; beyond it findings stand by themselves, unproven. */
const mostRemedies = 32;

/**
 * Finds the causes: each distinct remedy is tried on the model, the failing promises are walked again and the failing checks
 * judged again. What vanishes under a finding's remedy is its symptom; the widest wins.
 */
export function attributeCauses(
  verdicts: readonly Judged[],
  world: World,
): ReadonlyMap<string, Attribution> {
  const facts = judgedFacts(world);
  const failing = verdicts.filter(({ evaluated }) => evaluated.status === "fail");
  if (facts === undefined || failing.length === 0) return new Map();
  const claims = failing.flatMap(claimsOf);
  const before = judgedOf(world);
  const broken = before.filter(isBroken);
  const effects = new Map<string, Effect>();
  for (const { assumptions } of claims) {
    const key = JSON.stringify(assumptions);
    if (assumptions.length === 0 || effects.has(key) || effects.size >= mostRemedies) continue;
    effects.set(key, tryRemedy({ assumptions, failing, before, broken }, world, facts));
  }
  const effectOf = (claim: Claim): Effect | undefined =>
    effects.get(JSON.stringify(claim.assumptions));
  const causes = fold(claims, effectOf);
  const severities = new Map(
    claims.map(({ fingerprint, check, problem }) => [
      fingerprint,
      problem.severity ?? check.severity,
    ]),
  );
  return new Map(
    claims.map((claim) => {
      const explainedBy = causes.get(claim.fingerprint);
      const severityOfCause = explainedBy === undefined ? undefined : severities.get(explainedBy);
      return [
        claim.fingerprint,
        {
          ...(explainedBy === undefined ? {} : { explainedBy }),
          ...(severityOfCause === undefined ? {} : { severityOfCause }),
          ...remedyJudged({ claim, explainedBy }, effectOf(claim), broken.length),
        },
      ];
    }),
  );
}

function claimsOf({ check, evaluated }: Judged): readonly Claim[] {
  if (evaluated.status !== "fail") return [];
  return evaluated.problems.map((problem) => ({
    fingerprint: fingerprintOf(check.id, problem),
    check,
    problem,
    assumptions: check.assume?.(problem) ?? [],
  }));
}

function tryRemedy(
  remedy: {
    readonly assumptions: readonly Assumption[];
    readonly failing: readonly Judged[];
    readonly before: readonly JudgedIntent[];
    readonly broken: readonly JudgedIntent[];
  },
  world: World,
  facts: JudgedFacts,
): Effect {
  const changed = assume(facts, remedy.assumptions);
  const again = judge(
    remedy.broken.map(({ intent }) => intent),
    changed,
  );
  const after = new Map(again.map((judged) => [judged.intent.id, judged]));
  const all = remedy.before.map((judged) => after.get(judged.intent.id) ?? judged);
  const assumed = assumedWorld(world, changed, all);
  const remaining = new Set(
    remedy.failing
      .map(({ check }) => ({ check, evaluated: evaluateCheck(check, assumed) }))
      .flatMap(claimsOf)
      .map(({ fingerprint }) => fingerprint),
  );
  const present = remedy.failing.flatMap(claimsOf).map(({ fingerprint }) => fingerprint);
  return {
    vanished: new Set(present.filter((fingerprint) => !remaining.has(fingerprint))),
    mends: again.filter((judged) => !isBroken(judged)).length,
  };
}

/** The same world with other facts; promises that were kept are not walked again. */
function assumedWorld(world: World, facts: JudgedFacts, judged: readonly JudgedIntent[]): World {
  const replaced = judgedFactNames.map((name: JudgedFactName) => {
    const fact = world.facts[name];
    return [name, fact.state === "known" ? { ...fact, value: facts[name] } : fact];
  });
  return {
    ...world,
    facts: { ...world.facts, ...Object.fromEntries(replaced) },
    memo: new Map([[judgedIntents, judged]]),
  };
}

/** Symptom → cause. The widest remedy is looked at first; a check that says it is wider wins a tie. */
function fold(
  claims: readonly Claim[],
  effectOf: (claim: Claim) => Effect | undefined,
): ReadonlyMap<string, string> {
  const width = (claim: Claim): number => {
    const effect = effectOf(claim);
    return effect === undefined ? -1 : effect.vanished.size * 1_000_000 + effect.mends;
  };
  const ordered = [...claims].sort(
    (a, b) => width(b) - width(a) || precedence(b, a) - precedence(a, b),
  );
  const causeOf = new Map<string, string>();
  for (const claim of ordered) {
    if (causeOf.has(claim.fingerprint)) continue;
    for (const symptom of effectOf(claim)?.vanished ?? []) {
      if (symptom !== claim.fingerprint && !causeOf.has(symptom) && !isCause(symptom, causeOf))
        causeOf.set(symptom, claim.fingerprint);
    }
  }
  return causeOf;
}

function isCause(fingerprint: string, causeOf: ReadonlyMap<string, string>): boolean {
  return [...causeOf.values()].includes(fingerprint);
}

function precedence(a: Claim, b: Claim): number {
  return a.check.widerThan?.includes(b.check.id) === true ? 1 : 0;
}

/** A symptom's own remedy need not help: that of its cause does. */
function remedyJudged(
  { claim, explainedBy }: { readonly claim: Claim; readonly explainedBy: string | undefined },
  effect: Effect | undefined,
  brokenPromises: number,
): Pick<Attribution, "proof" | "doubt"> {
  if (effect === undefined) return {};
  if (effect.mends > 0) return { proof: { mends: effect.mends, of: brokenPromises } };
  if (explainedBy !== undefined || effect.vanished.has(claim.fingerprint)) return {};
  const doubt: Doubt = {
    about: claim.fingerprint,
    reason: "on docknet's model the remedy changes nothing: something else may be in the way too",
  };
  return { doubt };
}

function isBroken({ outcome }: JudgedIntent): boolean {
  return outcome.state === "failed" || outcome.state === "degraded";
}

function judgedFacts(world: World): JudgedFacts | undefined {
  const narrowed = knownFacts(judgedFactNames as readonly FactName[], world);
  // All facts that the derivation names are known here, or there is nothing to try.
  return narrowed.ok ? (narrowed.values as JudgedFacts) : undefined;
}

function judgedOf(world: World): readonly JudgedIntent[] {
  const own = world.memo.get(judgedIntents);
  if (own !== undefined) return own as readonly JudgedIntent[];
  const facts = judgedFacts(world);
  return facts === undefined ? [] : judgedIntents.compute(facts);
}
