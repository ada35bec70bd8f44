import {
  type Address,
  addressText,
  addressWords,
  type Prefix,
  parseAddress,
  prefixOf,
} from "../../model/ip.ts";
import type { KeyedBytes } from "./keyed-bytes.ts";
import { addressBits, familyMark, rangeAround, wellKnownRanges } from "./well-known-ranges.ts";

/** What must be known of a bundle before the first pseudonym is made. */
export interface SeenPrefixes {
  /** Subnets that hosts are in, and ranges. */
  readonly blocks: readonly Prefix[];
  /** Every prefix: a check may take its first address for a client. */
  readonly networks: readonly Prefix[];
}

/**
 * Pseudonyms of addresses that agree in exactly as many leading bits as the addresses do (the idea of Crypto-PAn: each bit is
 * turned, or not, by the bits before it), so that prefixes contain and overlap as before. Beyond that stay in place: the
 * well-known ranges, the low bits inside `blocks`, the address of a network in `networks` as such, and the low bits that number a host within its neighbourhood. Outside the kept
 * ranges no address is its own pseudonym. undefined when the text is no address.
 */
export function addressPseudonyms(
  bytes: KeyedBytes,
  { blocks, networks }: SeenPrefixes,
): (address: string) => Address | undefined {
  const steady = new Set(blocks.filter(mayKeepLowBits).map(blockBits));
  const starts = new Set(networks.filter(mayKeepZeros).map(blockBits));
  const turned = new Map<string, boolean>();
  const known = new Map<string, Address>();
  const isTurned = (bits: string, stays: boolean): boolean => {
    const before = turned.get(bits);
    if (before !== undefined) return before;
    const answer = turn(bits, { bytes, stays });
    turned.set(bits, answer);
    return answer;
  };
  const map = (address: Address): Address => {
    const mark = familyMark(address);
    const bits = `${mark}${addressBits(address) ?? ""}`;
    let result = "";
    let inBlock = false;
    let isStart = false;
    for (let at = 1; at < bits.length; at += 1) {
      const before = bits.slice(0, at);
      inBlock = inBlock || steady.has(before);
      isStart = starts.has(before) || (isStart && before.endsWith("0"));
      const isOne = bits[at] === "1";
      result += isTurned(before, inBlock || isStart) === isOne ? "0" : "1";
    }
    return textOf(result);
  };
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const address = parseAddress(text);
    if (address === undefined) return undefined;
    const pseudonym = embedded(address, map) ?? map(address);
    known.set(text, pseudonym);
    return pseudonym;
  };
}

/** `address/length` of the pseudonym: host bits stay cleared where they were. */
export function prefixPseudonym(
  address: Address,
  length: number,
  pseudonym: (address: string) => Address | undefined,
): Address | undefined {
  const words = addressWords(address);
  const mapped = pseudonym(address);
  const mappedWords = addressWords(mapped ?? "");
  if (words === undefined || mappedWords === undefined || length > words.length * 32) return mapped;
  const isNetwork = prefixOf(words, length).address === addressText(words);
  return isNetwork ? prefixOf(mappedWords, length).address : mapped;
}

/** The shortest prefix that holds both ends of a range. */
export function commonPrefix(from: Address, to: Address): Prefix | undefined {
  const words = addressWords(from);
  const [a, b] = [addressBits(from), addressBits(to)];
  if (words === undefined || a === undefined || b === undefined || a.length !== b.length) {
    return undefined;
  }
  const differs = [...a].findIndex((bit, at) => bit !== b[at]);
  return prefixOf(words, differs < 0 ? a.length : differs);
}

function turn(bits: string, so: { readonly bytes: KeyedBytes; readonly stays: boolean }): boolean {
  if (isOnTheWay(bits)) return false;
  const around = rangeAround(bits);
  if (around?.stays === "kept") return false;
  // The first bit that is free is always turned: no address is its own pseudonym.
  if (around?.bits === bits || isOnTheWay(bits.slice(0, -1))) return true;
  if (so.stays || isHostNumber(bits)) return false;
  return (so.bytes("address", bits).readUInt8(0) & 1) === 1;
}

/** Whether a well-known range lies under these bits: then the next bit must stay. */
function isOnTheWay(bits: string): boolean {
  return wellKnownRanges.some(
    (range) => range.bits.length > bits.length && range.bits.startsWith(bits),
  );
}

/**
 * The last byte of an IPv4 address, and the last 32 bits of an IPv6 address whose interface identifier has nothing before them:
 * neighbours stay neighbours, and a gateway stays the first of its subnet. An identifier made of a MAC is longer.
 */
function isHostNumber(bits: string): boolean {
  const length = bits.length - 1;
  if (bits.startsWith("4")) return length >= 24;
  return length >= 64 && /^0*$/.test(bits.slice(65, 97));
}

/** Low bits stay in private subnets as long as enough others are free, and in short ranges of anything. */
function mayKeepLowBits(block: Prefix): boolean {
  const around = rangeAround(blockBits(block));
  if (around?.stays === "kept") return true;
  if (block.family === "ipv6") return block.length >= 96;
  const isPrivate = around !== undefined && around.bits.length > 4;
  return isPrivate ? block.length >= around.bits.length - 1 + 4 : block.length >= 20;
}

/** Only where enough other bits are free, as for blocks: which bits are zero would tell too much of the others. */
function mayKeepZeros(network: Prefix): boolean {
  return network.family === "ipv6" ? network.length >= 32 : mayKeepLowBits(network);
}

function blockBits({ address, length }: Prefix): string {
  return `${familyMark(address)}${addressBits(address)?.slice(0, length) ?? ""}`;
}

/** `::ffff:192.0.2.1` and 64:ff9b::/96: an IPv4 address in the last 32 bits. */
function embedded(address: Address, map: (address: Address) => Address): Address | undefined {
  const words = addressWords(address) ?? [];
  const [a, b, c, last] = words;
  if (last === undefined || b !== 0) return undefined;
  const isMapped = a === 0 && c === 0xffff;
  const isTranslated = a === 0x0064ff9b && c === 0;
  if (!isMapped && !isTranslated) return undefined;
  const inner = addressWords(map(addressText([last])))?.[0];
  return inner === undefined ? undefined : addressText([a, b, c, inner]);
}

function textOf(bits: string): Address {
  const words = Array.from({ length: bits.length / 32 }, (_, at) =>
    Number.parseInt(bits.slice(at * 32, at * 32 + 32), 2),
  );
  return addressText(words);
}
