import fc from "fast-check";
import { filledIn } from "./drawn-values.ts";
import { anyChains, type IptablesPiece, matchPieces, targetPieces } from "./iptables-pieces.ts";

/** A rule and the table that it is in. */
export interface DrawnRule {
  readonly table: string;
  readonly text: string;
}

export const iptablesTables = ["filter", "mangle", "raw", "nat"] as const;

/** What a rule may be made of. */
export interface Pieces {
  readonly family: 4 | 6;
  readonly matches: readonly IptablesPiece[];
  readonly targets: readonly IptablesPiece[];
}

/** Every piece of a family. */
export function allPieces(family: 4 | 6): Pieces {
  const fits = (piece: IptablesPiece) => (piece.family ?? family) === family;
  return { family, matches: matchPieces.filter(fits), targets: targetPieces.filter(fits) };
}

/** Each piece with a rule that holds little else. */
export function rulePerPiece({ family, matches, targets }: Pieces): readonly PieceRule[] {
  const [bare] = targets;
  if (bare === undefined) return [];
  const [plain] = matches;
  if (plain === undefined) return [];
  const ofMatch = matches.map((piece) => ({ piece, matches: [piece], targets: [bare] }));
  const ofTarget = targets.map((piece) => ({ piece, matches: [plain], targets: [piece] }));
  return [...ofMatch, ...ofTarget].flatMap(({ piece, ...pieces }) =>
    fc
      .sample(drawnRules({ family, ...pieces }), { numRuns: 1, seed: 7 })
      .map((rule) => ({ piece, rule })),
  );
}

export interface PieceRule {
  readonly piece: IptablesPiece;
  readonly rule: DrawnRule;
}

/** Rules that iptables may take: a target, and a few matches that fit its chain, family and protocol. */
export function drawnRules({ family, matches, targets }: Pieces): fc.Arbitrary<DrawnRule> {
  return fc
    .record({
      target: fc.constantFrom(...targets),
      first: fc.constantFrom(...matches),
      others: fc.array(fc.constantFrom(...matches), { maxLength: 2 }),
      chain: fc.nat(),
      values: fc.infiniteStream(fc.noBias(fc.nat())),
    })
    .map(({ target, first, others, chain, values }) => {
      const lead = target.chains === undefined ? first : target;
      const chains = lead.chains ?? anyChains;
      const place = chains[chain % chains.length] ?? "filter INPUT";
      const protocol = lead.protocol ?? target.protocol;
      const kept = [first, ...others].filter(
        (piece, index, all) =>
          (piece.chains ?? chains).includes(place) &&
          (piece.protocol ?? protocol) === protocol &&
          !(piece.text.startsWith("-p") && protocol !== undefined) &&
          all.findIndex((other) => moduleOf(other) === moduleOf(piece)) === index,
      );
      const fitting = (target.protocol ?? protocol) === protocol ? target.text : "";
      const [table = "", name = ""] = place.split(" ");
      const pieces = [protocol === undefined ? "" : `-p ${protocol}`, ...kept.map(textOf), fitting];
      const text = `-A ${name} ${pieces.filter((piece) => piece !== "").join(" ")}`;
      return { table, text: filledIn(text, { family, values }) };
    });
}

function textOf({ text }: IptablesPiece): string {
  return text;
}

/** Two pieces of one module do not stand in one rule. */
function moduleOf({ text }: IptablesPiece): string {
  return text
    .replace("{!}", "")
    .split(" ")
    .slice(0, text.startsWith("-m") ? 2 : 1)
    .join(" ");
}
