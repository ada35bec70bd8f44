import type { Failure } from "../model/failure.ts";
import type { CollectorOutcome } from "../model/finding.ts";
import { privileges } from "../model/reading/access.ts";
import type { Coverage, SandboxCoverage, SandboxShortfall } from "../model/reading/coverage.ts";
import type { Sandbox, SandboxPart } from "../model/sandbox.ts";

/** Sums up what the collectors could not read. `sandboxes` = undefined: they could not be listed. */
export function coverageOf(
  collectors: readonly CollectorOutcome[],
  sandboxes: readonly Sandbox[] | undefined,
): Coverage {
  const failures = [
    ...collectors.flatMap(({ failure }) => failure ?? []),
    ...(sandboxes ?? []).flatMap(partFailures),
  ];
  const told = [...failures.flatMap(capabilityOf), ...(sandboxes ?? []).flatMap(reducedFor)];
  return {
    facts: {
      read: collectors.filter(({ state }) => state !== "unknown").length,
      of: collectors.length,
    },
    ignoredLines: collectors.reduce((sum, { ignoredLines }) => sum + ignoredLines, 0),
    missingCapabilities: sortedOnce(told),
    missingPrograms: sortedOnce(failures.flatMap(programOf)),
    ...(sandboxes === undefined ? {} : { sandboxes: sandboxCoverage(sandboxes) }),
  };
}

function sandboxCoverage(sandboxes: readonly Sandbox[]): SandboxCoverage {
  const short = sandboxes.map((sandbox) => ({ sandbox, missing: missingParts(sandbox) }));
  const inPart = short.filter(({ sandbox, missing }) => missing.length > 0 && isSeen(sandbox));
  const unreadable = short.filter(({ sandbox, missing }) => missing.length > 0 && !isSeen(sandbox));
  return {
    whole: sandboxes.length - inPart.length - unreadable.length,
    inPart: inPart.map(shortfall),
    unreadable: unreadable.map(shortfall),
  };
}

type NamedPart = readonly [name: string, part: SandboxPart<unknown>];

function partsOf({ parts }: Sandbox): readonly NamedPart[] {
  return Object.entries(parts);
}

function missingParts(sandbox: Sandbox): readonly NamedPart[] {
  return partsOf(sandbox).filter(([, part]) => reasonOf(part) !== undefined);
}

/** Something of it is known, though perhaps not whole. */
function isSeen(sandbox: Sandbox): boolean {
  return partsOf(sandbox).some(([, { state }]) => state === "known");
}

function shortfall(short: {
  readonly sandbox: Sandbox;
  readonly missing: readonly NamedPart[];
}): SandboxShortfall {
  const { containers, network, path } = short.sandbox;
  const name =
    containers.length > 0
      ? containers.join(", ")
      : network === undefined
        ? path
        : `network ${network}`;
  return {
    name,
    parts: short.missing.map(([part]) => part),
    reasons: [...new Set(short.missing.flatMap(([, part]) => reasonOf(part) ?? []))],
  };
}

function reasonOf(part: SandboxPart<unknown>): string | undefined {
  switch (part.state) {
    case "known":
      return part.reduced;
    case "absent":
      return undefined;
    case "unknown":
      return part.failure.message;
  }
}

function partFailures(sandbox: Sandbox): readonly Failure[] {
  return partsOf(sandbox).flatMap(([, part]) => (part.state === "unknown" ? [part.failure] : []));
}

/** Capabilities that the reasons of parts which are not whole name. */
function reducedFor(sandbox: Sandbox): readonly string[] {
  const reasons = partsOf(sandbox).flatMap(([, part]) =>
    part.state === "known" ? (part.reduced ?? []) : [],
  );
  return privileges.filter((privilege) => reasons.some((reason) => reason.includes(privilege)));
}

function capabilityOf(failure: Failure): readonly string[] {
  return failure.kind === "not-permitted" && failure.capability !== undefined
    ? [failure.capability]
    : [];
}

function programOf(failure: Failure): readonly string[] {
  return failure.kind === "not-found" && failure.program !== undefined ? [failure.program] : [];
}

function sortedOnce(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}
