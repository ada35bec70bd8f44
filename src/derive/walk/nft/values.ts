import { type AddressWords, addressWords, maskWord } from "../../../model/ip.ts";
import type { NftExpression } from "../../../model/nft-rule.ts";
import {
  addressTypes,
  codePoints,
  ctDirections,
  ctStates,
  ctStatuses,
  etherTypes,
  icmpTypes,
  icmpv6Types,
  linkTypes,
  nfProtocols,
  packetTypes,
  protocols,
  tcpFlags,
  users,
} from "./names.ts";

/** Data type of an expression, as far as its constants are read and compared by it. */
export type ValueType =
  | "ipv4"
  | "ipv6"
  | "ether"
  | "link-name"
  | "text"
  | "number"
  | "boolean"
  | keyof typeof named;

/** A value of a packet or a constant: a number up to 48 bits, an address of IPv6 in words, a name. */
export type Value = number | string | AddressWords;

/** A number of which some bits are not known. */
export interface Bits {
  readonly value: number;
  readonly unknown: number;
}

/** What an expression gives for a packet; undefined = the packet has no such thing, and the rule does not match. */
export type Reading = Value | Bits | undefined;

/** Nothing is known of the value. */
export const unknownValue: Bits = { value: 0, unknown: 0xffffffff };

export function isBits(reading: Reading): reading is Bits {
  return typeof reading === "object" && !Array.isArray(reading);
}

const named = {
  protocol: protocols,
  "ct-state": ctStates,
  "ct-status": ctStatuses,
  "ct-direction": ctDirections,
  "nf-protocol": nfProtocols,
  "ether-type": etherTypes,
  "packet-type": packetTypes,
  "address-type": addressTypes,
  "icmp-type": icmpTypes,
  "icmpv6-type": icmpv6Types,
  "tcp-flags": tcpFlags,
  "link-type": linkTypes,
  dscp: codePoints,
  user: users,
} as const;

/** Types whose constants are sets of flags: `ct state established,related`. */
export function isFlags(type: ValueType): boolean {
  return type === "ct-state" || type === "ct-status" || type === "tcp-flags";
}

/** A constant of that type; undefined for what is none, or is not known by that name. */
export function constantOf(expression: NftExpression, type: ValueType): Value | undefined {
  if (typeof expression === "boolean") return expression ? 1 : 0;
  if (typeof expression === "number") return type === "text" ? undefined : expression;
  if (typeof expression === "string") return ofText(expression, type);
  if (expression.kind === "list") return flagsOf(expression.items, type);
  return expression.kind === "or" ? flagsOf(expression.operands, type) : undefined;
}

function flagsOf(items: readonly NftExpression[], type: ValueType): number | undefined {
  let flags = 0;
  for (const item of items) {
    const flag = constantOf(item, type);
    if (typeof flag !== "number") return undefined;
    flags = (flags | flag) >>> 0;
  }
  return flags;
}

function ofText(text: string, type: ValueType): Value | undefined {
  switch (type) {
    case "ipv4": {
      const words = addressWords(text);
      return words?.length === 1 ? words[0] : undefined;
    }
    case "ipv6": {
      const words = addressWords(text);
      return words?.length === 4 ? words : undefined;
    }
    case "ether":
      return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)
        ? Number.parseInt(text.replaceAll(":", ""), 16)
        : undefined;
    case "link-name":
    case "text":
      return text;
    case "number":
    case "boolean":
      return ofDigits(text);
    default:
      return named[type].get(text) ?? ofDigits(text);
  }
}

function ofDigits(text: string): number | undefined {
  return /^(?:0x[0-9a-f]{1,12}|\d{1,15})$/i.test(text) ? Number(text) : undefined;
}

/** Below 0, 0 or above, as the kernel compares registers: big endian, byte by byte. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a === b ? 0 : 1;
  if (typeof a !== "object" || typeof b !== "object") return Number.NaN;
  for (const [at, word] of a.entries()) {
    const difference = word - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Equal values have equal keys. */
export function keyOfValue(value: Value): string | number {
  return typeof value === "object" ? value.join(":") : value;
}

/** First and last value of a prefix. */
export function prefixEnds(base: Value, length: number): readonly [Value, Value] | undefined {
  if (typeof base === "string") return undefined;
  if (typeof base === "number") {
    const mask = maskWord(length, 0);
    return [(base & mask) >>> 0, (base | ~mask) >>> 0];
  }
  const masks = base.map((_, at) => maskWord(length, at));
  return [
    base.map((word, at) => (word & (masks[at] ?? 0)) >>> 0),
    base.map((word, at) => (word | ~(masks[at] ?? 0)) >>> 0),
  ];
}
