import type { NftExpression, NftStatement } from "../../../model/nft-rule.ts";
import type { Answer } from "../match.ts";
import { compileField, compileKey, compileValue, type Key, readKey, typesOf } from "./keys.ts";
import type { Field, Seen, Surroundings } from "./seen.ts";
import { compileSet, isIn, type Lookup, partOf } from "./sets.ts";
import { compareValues, isBits, isFlags, type Reading, type ValueType } from "./values.ts";

export type NftTest = (seen: Seen) => Answer;

type MatchStatement = Extract<NftStatement, { readonly kind: "match" }>;

/** A condition of a rule; undefined = it holds something that docknet does not model. */
export function compileMatch(match: MatchStatement, around: Surroundings): NftTest | undefined {
  const { left, right, operator } = match;
  const set = setOf(right);
  if (set !== undefined) return membership(match, set, around);
  const field = compileField(withFamily(left, right), around);
  if (field === undefined) return absence(match);
  if (typeof right === "boolean" && isFib(left))
    return existence(field, right === (operator === "=="));
  const part = partTest(operator, field, right);
  if (part !== undefined) return part;
  const other = compileValue(right, field.type, around);
  if (other === undefined) return undefined;
  return compared(operator, field, other);
}

/** `ct original saddr` says of which family it is by its constant alone. */
function withFamily(left: NftExpression, right: NftExpression): NftExpression {
  if (typeof left !== "object" || left.kind !== "ct" || !/^[sd]addr$/.test(left.key)) return left;
  const ofIpv6 = /"[0-9a-f]*:[0-9a-f:.]*"/.test(JSON.stringify(right));
  return { ...left, key: `${ofIpv6 ? "ip6" : "ip"} ${left.key}` };
}

function isFib(expression: NftExpression): boolean {
  return typeof expression === "object" && expression.kind === "fib";
}

/** `exthdr hbh exists`: no packet of docknet has extension headers. */
function absence({ left, right }: MatchStatement): NftTest | undefined {
  if (typeof left !== "object" || left.kind !== "extension-header") return undefined;
  return right === false ? () => true : () => false;
}

function existence(field: Field, wanted: boolean): NftTest {
  return (seen) => {
    const reading = field.read(seen);
    if (reading === undefined) return false;
    return isBits(reading) ? "unsure" : (reading !== "") === wanted;
  };
}

type SetTerm = Extract<NftExpression, { readonly kind: "set" | "set-reference" }>;

function setOf(right: NftExpression): SetTerm | undefined {
  if (typeof right !== "object") return undefined;
  return right.kind === "set" || right.kind === "set-reference" ? right : undefined;
}

function membership(
  { left, operator }: MatchStatement,
  set: SetTerm,
  around: Surroundings,
): NftTest | undefined {
  const key = compileKey(left, around);
  if (key === undefined || (operator !== "==" && operator !== "!=" && operator !== "in"))
    return undefined;
  const lookup = lookupOf(set, key, around);
  if (lookup === undefined) return undefined;
  const wanted = operator === "!=" ? "missing" : "found";
  const moving = set.kind === "set-reference" && around.collections.isMoving(set.name);
  return (seen) => {
    const readings = readKey(key, seen);
    // A packet without such a field ends the rule, whatever the operator is.
    if (readings.includes(undefined)) return false;
    const { state } = lookup(readings);
    return state === "unsure" || moving ? "unsure" : state === wanted;
  };
}

function lookupOf(set: SetTerm, key: Key, { collections }: Surroundings): Lookup<true> | undefined {
  if (set.kind === "set-reference") return collections.elementsOf(set.name, typesOf(key));
  const entries = set.elements.map((element) => ({ key: element, data: true as const }));
  return compileSet(entries, typesOf(key));
}

/** A prefix, a range, or a link's name with an asterisk. */
function partTest(operator: string, field: Field, right: NftExpression): NftTest | undefined {
  if (operator !== "==" && operator !== "!=") return undefined;
  const written = typeof right === "object" && (right.kind === "prefix" || right.kind === "range");
  if (!written && field.type !== "link-name") return undefined;
  const part = partOf(right, field.type);
  if (part === undefined) return undefined;
  return (seen) => {
    const reading = field.read(seen);
    if (reading === undefined) return false;
    return isBits(reading) ? "unsure" : isIn(part, reading) === (operator === "==");
  };
}

function compared(operator: string, field: Field, other: Field): NftTest | undefined {
  const holds = comparisonOf(operator, field.type);
  if (holds === undefined) return undefined;
  return (seen) => {
    const left = field.read(seen);
    const right = other.read(seen);
    return left === undefined || right === undefined ? false : holds(left, right);
  };
}

type Some = Exclude<Reading, undefined>;
type Comparison = (left: Some, right: Some) => Answer;

function comparisonOf(operator: string, type: ValueType): Comparison | undefined {
  switch (operator) {
    case "==":
      return equal;
    case "!=":
      return (left, right) => negated(equal(left, right));
    case "in":
      return isFlags(type) ? anyFlag : equal;
    case "!":
      return isFlags(type) ? (left, right) => negated(anyFlag(left, right)) : undefined;
    case "<":
      return ordered((order) => order < 0);
    case ">":
      return ordered((order) => order > 0);
    case "<=":
      return ordered((order) => order <= 0);
    case ">=":
      return ordered((order) => order >= 0);
    default:
      return undefined;
  }
}

function negated(answer: Answer): Answer {
  return answer === "unsure" ? "unsure" : !answer;
}

function equal(left: Some, right: Some): Answer {
  if (isBits(right)) return "unsure";
  if (!isBits(left)) return compareValues(left, right) === 0;
  if (typeof right !== "number") return "unsure";
  return ((left.value ^ right) & ~left.unknown) === 0 ? "unsure" : false;
}

/** `ct status dnat`, `tcp flags syn,ack`: at least one of them is set. */
function anyFlag(left: Some, right: Some): Answer {
  if (typeof right !== "number") return "unsure";
  const { value, unknown } = isBits(left) ? left : { value: left, unknown: 0 };
  if (typeof value !== "number") return "unsure";
  if ((value & ~unknown & right) !== 0) return true;
  return (unknown & right) === 0 ? false : "unsure";
}

function ordered(holds: (order: number) => boolean): Comparison {
  return (left, right) =>
    isBits(left) || isBits(right) ? "unsure" : holds(compareValues(left, right));
}
