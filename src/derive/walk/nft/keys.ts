import type { NftExpression } from "../../../model/nft-rule.ts";
import { anonymousMap } from "./collections.ts";
import { ctField } from "./ct-fields.ts";
import { fibField } from "./fib-fields.ts";
import { metaField } from "./meta-fields.ts";
import { payloadField, rawPayloadField } from "./payload-fields.ts";
import type { Field, Seen, Surroundings } from "./seen.ts";
import type { Found } from "./sets.ts";
import { constantOf, isBits, type Reading, unknownValue, type ValueType } from "./values.ts";

/** What is looked up or compared: one field, or several of a concatenation. */
export type Key = readonly [Field, ...Field[]];

/** undefined = it holds something that docknet does not model. */
export function compileKey(expression: NftExpression, around: Surroundings): Key | undefined {
  const concat = typeof expression === "object" && expression.kind === "concat";
  const items = concat ? expression.items : [expression];
  const fields: Field[] = [];
  for (const item of items) {
    const field = compileField(item, around);
    if (field === undefined) return undefined;
    fields.push(field);
  }
  const [first, ...others] = fields;
  return first === undefined ? undefined : [first, ...others];
}

export function readKey(key: Key, seen: Seen): readonly Reading[] {
  return key.map(({ read }) => read(seen));
}

export function typesOf(key: Key): readonly ValueType[] {
  return key.map(({ type }) => type);
}

/** A field of the packet, or what is computed from fields and constants. */
export function compileField(expression: NftExpression, around: Surroundings): Field | undefined {
  if (typeof expression !== "object") return undefined;
  switch (expression.kind) {
    case "payload":
      return payloadField(expression);
    case "raw-payload":
      return rawPayloadField(expression);
    case "meta":
      return metaField(expression.key, around);
    case "ct":
      return ctField(expression);
    case "fib":
      return fibField(expression, around);
    case "and":
    case "or":
    case "xor":
    case "shift-left":
    case "shift-right":
      return computed(expression.kind, expression.operands, around);
    case "numgen":
    case "jhash":
    case "symhash":
    case "rt":
    case "socket":
    case "osf":
    case "ipsec":
      // Their values depend on what docknet does not look at, or on chance.
      return { type: "number", read: () => unknownValue };
    default:
      return undefined;
  }
}

type Operator = "and" | "or" | "xor" | "shift-left" | "shift-right";

function computed(
  operator: Operator,
  operands: readonly NftExpression[],
  around: Surroundings,
): Field | undefined {
  const [first, ...others] = operands;
  if (first === undefined) return undefined;
  let field = compileField(first, around);
  for (const operand of others) {
    if (field === undefined) return undefined;
    const other = compileField(operand, around) ?? constantField(operand, field.type);
    if (other === undefined) return undefined;
    field = combined(operator, field, other);
  }
  return field;
}

function constantField(expression: NftExpression, type: ValueType): Field | undefined {
  const value = constantOf(expression, type);
  return value === undefined ? undefined : { type, read: () => value };
}

/** A field, what a map gives for one, or a constant of that type. */
export function compileValue(
  expression: NftExpression,
  type: ValueType,
  around: Surroundings,
): Field | undefined {
  if (typeof expression === "object" && expression.kind === "map") {
    const lookup = compileMap(expression, around);
    return lookup && { type, read: (seen) => readMap(lookup(seen), type) };
  }
  return compileField(expression, around) ?? constantField(expression, type);
}

function combined(operator: Operator, left: Field, right: Field): Field {
  return {
    type: left.type,
    read: (seen) => {
      const a = left.read(seen);
      const b = right.read(seen);
      if (a === undefined || b === undefined) return undefined;
      return compute(operator, a, b);
    },
  };
}

type Some = Exclude<Reading, undefined>;

function compute(operator: Operator, a: Some, b: Some): Reading {
  if (isBits(b) || typeof b === "string" || typeof a === "string") return unknownValue;
  if (typeof b === "object" || (typeof a === "object" && !isBits(a)))
    return ofWords(operator, a, b);
  const { value, unknown } = isBits(a) ? a : { value: a, unknown: 0 };
  const bits = {
    value: computeNumber(operator, value, b),
    unknown: operator === "xor" ? unknown : computeUnknown(operator, unknown, b),
  };
  return bits.unknown === 0 ? bits.value : bits;
}

function computeNumber(operator: Operator, a: number, b: number): number {
  switch (operator) {
    case "and":
      return (a & b) >>> 0;
    case "or":
      return (a | b) >>> 0;
    case "xor":
      return (a ^ b) >>> 0;
    case "shift-left":
      return (a << b) >>> 0;
    case "shift-right":
      return a >>> b;
  }
}

/** Bits that stay unknown: a constant that clears or sets them makes them known. */
function computeUnknown(operator: Operator, unknown: number, b: number): number {
  return operator === "or" ? (unknown & ~b) >>> 0 : computeNumber(operator, unknown, b);
}

/** Addresses of IPv6, word by word. */
function ofWords(operator: Operator, a: Some, b: Some): Reading {
  if (typeof a !== "object" || typeof b !== "object" || isBits(a) || isBits(b)) return unknownValue;
  if (operator === "shift-left" || operator === "shift-right") return unknownValue;
  return a.map((word, at) => computeNumber(operator, word, b[at] ?? 0));
}

type MapTerm = Extract<NftExpression, { readonly kind: "map" }>;

/** What a map holds for a packet. */
export function compileMap(
  { key: looked, data }: Pick<MapTerm, "key" | "data">,
  around: Surroundings,
): ((seen: Seen) => Found<NftExpression>) | undefined {
  const key = compileKey(looked, around);
  if (key === undefined) return undefined;
  const types = typesOf(key);
  const { collections } = around;
  const lookup =
    data.kind === "pairs" ? anonymousMap(data, types) : collections.valuesOf(data.name, types);
  if (lookup === undefined) return undefined;
  const moving = data.kind === "set-reference" && collections.isMoving(data.name);
  return (seen) => (moving ? { state: "unsure" } : lookup(readKey(key, seen)));
}

function readMap(found: Found<NftExpression>, type: ValueType): Reading {
  if (found.state === "missing") return undefined;
  return found.state === "unsure" ? unknownValue : (constantOf(found.data, type) ?? unknownValue);
}
