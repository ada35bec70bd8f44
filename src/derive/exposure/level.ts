import { isWider, type LevelRange, mostOf, widestOf } from "../../model/exposure/exposure-level.ts";
import type {
  ExposureLevel,
  ExposureSource,
  ExposureWay,
} from "../../model/exposure/exposure-report.ts";

/** Whom a source stands for. */
const levelOfKind: Readonly<Record<ExposureSource["kind"], ExposureLevel>> = {
  far: "anyone",
  neighbour: "lan",
  named: "named",
  host: "host",
};

/** What was found for one source: `yes` is certain, `perhaps` is possible. */
export interface SourceAnswer {
  readonly from: ExposureSource;
  readonly answer: "yes" | "no" | "perhaps";
}

/** What was found for each source, as one answer. */
export function rangeOf(answers: readonly SourceAnswer[]): LevelRange {
  const levelOf = ({ from }: SourceAnswer): ExposureLevel => levelOfKind[from.kind];
  const level = widestOf(answers.filter(({ answer }) => answer === "yes").map(levelOf));
  const most = widestOf(answers.filter(({ answer }) => answer !== "no").map(levelOf));
  return isWider(most, level) ? { level, perhaps: most } : { level };
}

/** Several addresses of one port: the one that is open widest counts. */
export function widest(all: readonly LevelRange[]): LevelRange {
  const level = widestOf(all.map((one) => one.level));
  const most = widestOf(all.map(mostOf));
  return isWider(most, level) ? { level, perhaps: most } : { level };
}

/** A datagram that gets there did its work; a connection needs its answers. */
export function isReached(
  { outcome }: Pick<ExposureWay, "outcome">,
  protocol: string,
): SourceAnswer["answer"] {
  if (outcome === "unsure") return "perhaps";
  if (outcome === "reached") return "yes";
  return outcome === "unanswered" && protocol !== "tcp" ? "yes" : "no";
}
