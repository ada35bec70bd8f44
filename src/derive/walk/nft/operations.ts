import type { NftExpression, NftStatement, NftVerdict } from "../../../model/nft-rule.ts";
import type { Alterable } from "../alter.ts";
import { compileField, compileKey, compileMap, compileValue, readKey } from "./keys.ts";
import { compileMatch, type NftTest } from "./matches.ts";
import { compileNat, type NatStep } from "./nat.ts";
import type { Field, Seen, Surroundings } from "./seen.ts";
import type { Found } from "./sets.ts";

/** What one statement of a rule does with a packet, in the order of the rule. Statements without an effect are left out. */
export type Operation =
  | { readonly kind: "test"; readonly test: NftTest }
  | { readonly kind: "verdict"; readonly verdict: NftVerdict }
  | { readonly kind: "vmap"; readonly find: (seen: Seen) => Found<NftExpression> }
  | { readonly kind: "reject" }
  | { readonly kind: "nat"; readonly step: NatStep }
  /** undefined = to what cannot be told. */
  | {
      readonly kind: "alter";
      readonly what: keyof Alterable;
      readonly field: Field | undefined;
    }
  | { readonly kind: "notrack" }
  /** It may end the chain one way or another, change the packet, or do nothing: docknet cannot tell. */
  | { readonly kind: "anything"; readonly what: string; readonly movesPacket: boolean };

const always = (): readonly Operation[] => [];
const perhaps: Operation = { kind: "test", test: () => "unsure" };

export function operationsOf(
  statements: readonly NftStatement[],
  around: Surroundings,
): readonly Operation[] {
  return statements.flatMap((statement) => operationOf(statement, around));
}

function operationOf(statement: NftStatement, around: Surroundings): readonly Operation[] {
  switch (statement.kind) {
    case "accept":
    case "drop":
    case "return":
    case "jump":
    case "goto":
      return [{ kind: "verdict", verdict: statement }];
    case "continue":
    case "counter":
    case "log":
    case "last":
    case "ct-helper":
    case "ct-timeout":
    case "ct-expectation":
    case "flow":
    case "reset":
    case "dup":
      // They count, tell, copy or prepare, and the next statement follows.
      return always();
    case "match": {
      const test = compileMatch(statement, around);
      return test === undefined ? [perhaps] : [{ kind: "test", test }];
    }
    case "vmap": {
      const find = compileMap(statement, around);
      return find === undefined ? [anything("vmap")] : [{ kind: "vmap", find }];
    }
    case "named-counter":
      return named(statement.name, around);
    case "limit":
    case "named-limit":
    case "quota":
    case "named-quota":
    case "ct-count":
    case "meter":
      return [perhaps];
    case "set":
    case "map":
      return [updating(statement, around)];
    case "reject":
      return [{ kind: "reject" }];
    case "snat":
    case "dnat":
    case "masquerade":
    case "redirect":
      return [{ kind: "nat", step: compileNat(statement, around) }];
    case "mangle":
      return mangling(statement, around);
    case "notrack":
      return [{ kind: "notrack" }];
    case "xt":
      return xtables(statement);
    case "queue":
    case "synproxy":
    case "named-synproxy":
      return [anything(statement.kind)];
    case "tproxy":
    case "fwd":
    case "unrecognised":
      return [{ kind: "anything", what: statement.kind, movesPacket: true }];
  }
}

function anything(what: string): Operation {
  return { kind: "anything", what, movesPacket: false };
}

/** `counter name tcp dport map @m`: a port that the map does not hold ends the rule. */
function named(name: NftExpression, around: Surroundings): readonly Operation[] {
  if (typeof name !== "object" || name.kind !== "map") return always();
  const find = compileMap(name, around);
  if (find === undefined) return [perhaps];
  return [{ kind: "test", test: (seen) => isFound(find(seen)) }];
}

function isFound({ state }: Found<NftExpression>): boolean | "unsure" {
  return state === "unsure" ? "unsure" : state === "found";
}

/** `add @set { ip saddr }` asks for nothing, but a limit in it does; a full set ends the rule. */
function updating(
  statement: Extract<NftStatement, { readonly kind: "set" | "map" }>,
  around: Surroundings,
): Operation {
  const asks = statement.statements?.some(({ kind }) => kind !== "counter" && kind !== "last");
  const { element } = statement;
  const value = typeof element === "object" && element.kind === "element" ? element.value : element;
  const key = compileKey(value, around);
  if (key === undefined || asks === true) return perhaps;
  return { kind: "test", test: (seen) => !readKey(key, seen).includes(undefined) };
}

function mangling(
  { key, value }: Extract<NftStatement, { readonly kind: "mangle" }>,
  around: Surroundings,
): readonly Operation[] {
  if (typeof key !== "object") return [{ kind: "anything", what: "set", movesPacket: true }];
  switch (key.kind) {
    case "meta":
      if (key.key === "mark") return [alter("mark", compileValue(value, "number", around))];
      // The class of a packet, its trace: nothing that decides where it goes.
      return key.key === "pkttype" ? [anything("meta pkttype set")] : always();
    case "ct":
      if (key.key === "mark") return [alter("connmark", compileValue(value, "number", around))];
      return key.key === "zone" ? [anything("ct zone set")] : always();
    case "tcp-option":
      return always();
    case "payload": {
      const moves = !harmless.has(key.field);
      const field = compileField(key, around);
      const what = alterable[key.field];
      const present: Operation = { kind: "test", test: (seen) => field?.read(seen) !== undefined };
      const set: Operation = { kind: "anything", what: `${key.field} set`, movesPacket: true };
      if (field === undefined) return [set];
      if (what !== undefined)
        return [present, alter(what, compileValue(value, field.type, around))];
      return [present, ...(moves ? [set] : [])];
    }
    default:
      return [{ kind: "anything", what: `${key.kind} set`, movesPacket: true }];
  }
}

function alter(what: keyof Alterable, field: Field | undefined): Operation {
  return { kind: "alter", what, field };
}

const alterable: Readonly<Record<string, keyof Alterable>> = {
  dscp: "dscp",
  ttl: "ttl",
  hoplimit: "ttl",
};

/** Fields of headers that decide neither where a packet goes nor whether it does. */
const harmless: ReadonlySet<string> = new Set(["ecn", "flowlabel"]);

/** Matches and targets of xtables; their options are not in what nft prints. */
function xtables({
  extension,
  name,
}: Extract<NftStatement, { readonly kind: "xt" }>): readonly Operation[] {
  if (extension === "match") return name === "comment" ? always() : [perhaps];
  if (extension === "target" && harmlessTargets.has(name ?? "")) return always();
  return [{ kind: "anything", what: `xt ${name ?? "statement"}`, movesPacket: true }];
}

const harmlessTargets: ReadonlySet<string> = new Set(["LOG", "NFLOG", "TCPMSS", "CHECKSUM"]);
