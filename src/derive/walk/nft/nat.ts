import { addressText } from "../../../model/ip.ts";
import type { NatRange, PortRange } from "../../../model/netfilter.ts";
import type { NftExpression, NftStatement } from "../../../model/nft-rule.ts";
import { compileMap } from "./keys.ts";
import type { Seen, Surroundings } from "./seen.ts";
import { partOf } from "./sets.ts";
import type { Value } from "./values.ts";

type NatStatement = Extract<
  NftStatement,
  { readonly kind: "snat" | "dnat" | "masquerade" | "redirect" }
>;

/** What the statement asks for: a range; nothing, as it is not for this packet (`missing`); or what docknet cannot tell. */
export type NatAnswer =
  | { readonly state: "found"; readonly range: NatRange }
  | { readonly state: "missing" | "other-family" | "unsure" };

export interface NatStep {
  readonly kind: NatStatement["kind"];
  readonly of: (seen: Seen) => NatAnswer;
}

/** `dnat to …`, `snat to …`, `masquerade`, `redirect` (nft_nat.c, nft_masq.c, nft_redir.c). */
export function compileNat(statement: NatStatement, around: Surroundings): NatStep {
  const { kind, family, address, port } = statement;
  const address1 = compilePiece(address, around);
  const port1 = compilePiece(port, around);
  const netmap = statement.typeFlags?.includes("prefix") === true;
  const of = (seen: Seen): NatAnswer => {
    const own = seen.flight.family;
    if (family !== undefined && family !== (own === "ipv4" ? "ip" : "ip6"))
      return { state: "other-family" };
    const to = address1(seen);
    const ports = port1(seen);
    if (to === "unsure" || ports === "unsure") return { state: "unsure" };
    if (to === "missing" || ports === "missing") return { state: "missing" };
    const range = rangeOf({ to, ports, netmap }, statement, seen);
    return range === undefined ? { state: "unsure" } : { state: "found", range };
  };
  return { kind, of };
}

type Piece = NftExpression | undefined | "unsure" | "missing";

/** A constant stays what it is; a map gives one. Whatever else is computed is unsure. */
function compilePiece(
  expression: NftExpression | undefined,
  around: Surroundings,
): (seen: Seen) => Piece {
  if (typeof expression !== "object") return () => expression;
  if (expression.kind === "prefix" || expression.kind === "range") return () => expression;
  if (expression.kind !== "map") return () => "unsure";
  const find = compileMap(expression, around);
  return (seen) => {
    const found = find?.(seen) ?? { state: "unsure" as const };
    return found.state === "found" ? found.data : found.state;
  };
}

interface Pieces {
  readonly to: NftExpression | undefined;
  readonly ports: NftExpression | undefined;
  readonly netmap: boolean;
}

function rangeOf(pieces: Pieces, statement: NatStatement, seen: Seen): NatRange | undefined {
  const { to: written, netmap } = pieces;
  // A map may hold `address . port`.
  const both = typeof written === "object" && written.kind === "concat" ? written.items : undefined;
  const to = both === undefined ? written : both[0];
  const ports = both === undefined ? pieces.ports : both[1];
  const portRange = ports === undefined ? {} : portsOf(ports);
  if (portRange === undefined) return undefined;
  if (to === undefined) return portRange;
  const part = partOf(to, seen.flight.family);
  if (part?.kind !== "range") return undefined;
  if (netmap) return { ...mapped(part, statement, seen), ...portRange };
  return { from: textOf(part.from), to: textOf(part.to), ...portRange };
}

function portsOf(expression: NftExpression): { readonly ports: PortRange } | undefined {
  const part = partOf(expression, "number");
  if (part?.kind !== "range") return undefined;
  const { from, to } = part;
  return typeof from === "number" && typeof to === "number" ? { ports: { from, to } } : undefined;
}

/** `prefix`: the bits of the host stay (NF_NAT_RANGE_NETMAP). */
function mapped(
  { from, to }: { readonly from: Value; readonly to: Value },
  { kind }: NatStatement,
  { flight }: Seen,
): NatRange {
  const words = kind === "snat" ? flight.sourceWords : flight.destinationWords;
  const [low, high] = [wordsOf(from), wordsOf(to)];
  const kept = words.map((word, at) => {
    const host = ((low[at] ?? 0) ^ (high[at] ?? 0)) >>> 0;
    return ((low[at] ?? 0) | (word & host)) >>> 0;
  });
  return { from: addressText(kept) };
}

function textOf(value: Value): string {
  return typeof value === "string" ? value : addressText(wordsOf(value));
}

function wordsOf(value: Value): readonly number[] {
  if (typeof value === "string") return [];
  return typeof value === "number" ? [value] : value;
}
