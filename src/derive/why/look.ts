import type { WhyFinding, WhySeen, WhyUnknown } from "../../model/why/why-report.ts";

/** What one look at the host gave. */
export interface Look {
  readonly causes?: readonly WhyFinding[];
  readonly suspects?: readonly WhyFinding[];
  readonly notes?: readonly WhyFinding[];
  readonly seen?: readonly WhySeen[];
  readonly unknown?: readonly WhyUnknown[];
}

/** All looks in one, in their order. */
export function together(looks: readonly Look[]): Required<Look> {
  return {
    causes: looks.flatMap(({ causes = [] }) => causes),
    suspects: looks.flatMap(({ suspects = [] }) => suspects),
    notes: looks.flatMap(({ notes = [] }) => notes),
    seen: looks.flatMap(({ seen = [] }) => seen),
    unknown: looks.flatMap(({ unknown = [] }) => unknown),
  };
}
