import type { FamilyName, LabelsOf } from "./catalogue.ts";

/** One line of the exposition: a value under labels. */
export interface Point<Labels extends string = string> {
  readonly labels: Readonly<Record<Labels, string>>;
  readonly value: number;
}

/** Every point of one family. */
export interface Series {
  readonly family: FamilyName;
  readonly points: readonly Point[];
}

/** The points of a family; labels that the catalogue does not name do not compile. */
export function series<Name extends FamilyName>(
  family: Name,
  points: readonly Point<LabelsOf<Name>>[],
): Series {
  return { family, points };
}

/** The only point of a family without labels; none where there is no value. */
export function single(family: FamilyName, value: number | undefined): Series {
  return { family, points: value === undefined ? [] : [{ labels: {}, value }] };
}

/** The number of a state. */
export function flag(holds: boolean): 0 | 1 {
  return holds ? 1 : 0;
}
