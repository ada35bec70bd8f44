import { type Address, type Prefix, parseAddress } from "../../model/ip.ts";
import {
  addressPseudonyms,
  commonPrefix,
  prefixPseudonym,
  type SeenPrefixes,
} from "./address-pseudonyms.ts";
import { hexByte, idPseudonym, macPseudonym } from "./identifier-pseudonyms.ts";
import { keyedBytes } from "./keyed-bytes.ts";
import { type NameBook, nameBook } from "./name-book.ts";

/** What redaction puts in place of what it finds; the same for the same in a whole bundle. */
export interface Pseudonyms {
  /** undefined when the text is no address. */
  address(text: string): Address | undefined;
  /** Of `address` in a prefix of that length. */
  prefixAddress(text: string, length: number): Address | undefined;
  /** A subnet that hosts are in: their numbers inside it stay. */
  subnet(prefix: Prefix): void;
  /** Any prefix: its first address stays its first. */
  network(prefix: Prefix): void;
  /** A range of addresses: its ends stay in order. */
  range(from: Address, to: Address): void;
  /** Six bytes. */
  mac(bytes: readonly number[]): readonly number[];
  id(text: string, alphabet: "hex" | "swarm"): string;
  name(text: string): string;
  /** The beginning of link names that a rule matches, without its `+`. */
  linkBeginning(text: string): string;
  /** Whether `name` was asked for this text in the first look. */
  isName(text: string): boolean;
}

/** First and second look over the same texts: some pseudonyms need to know everything that there is. */
export interface Looks {
  /** Takes notes and changes nothing. */
  readonly first: Pseudonyms;
  /** Pseudonyms, as of what the first look saw. */
  second(): Pseudonyms;
}

export function looks(key: Uint8Array): Looks {
  const names = new Set<string>();
  const linkBeginnings = new Set<string>();
  const blocks: Prefix[] = [];
  const networks: Prefix[] = [];
  return {
    first: {
      address: parseAddress,
      prefixAddress: parseAddress,
      subnet: (prefix) => void blocks.push(prefix),
      network: (prefix) => void networks.push(prefix),
      range: (from, to) => void blocks.push(...optional(commonPrefix(from, to))),
      mac: (bytes) => bytes,
      id: (text) => text,
      name: noted(names),
      linkBeginning: noted(linkBeginnings),
      isName: () => false,
    },
    second: () => made(key, { blocks, networks, book: nameBook({ names, linkBeginnings }) }),
  };
}

function made(key: Uint8Array, seen: SeenPrefixes & { readonly book: NameBook }): Pseudonyms {
  const bytes = keyedBytes(key);
  const address = addressPseudonyms(bytes, seen);
  const { book } = seen;
  return {
    address,
    prefixAddress: (text, length) => prefixPseudonym(text, length, address),
    subnet: () => undefined,
    network: () => undefined,
    range: () => undefined,
    mac: (mac) => macPseudonym(bytes, mac),
    id: (text, alphabet) => idPseudonym(bytes, text, alphabet),
    name: book.pseudonym,
    linkBeginning: book.pseudonym,
    isName: book.has,
  };
}

/** Pseudonym of a MAC in whatever form it is written: `02:42:ac:11:00:02`, or `2:42:ac:11:0:2` as bridge ids have it. */
export function macText(mac: string, pseudonyms: Pseudonyms): string {
  const parts = mac.split(":");
  const isPadded = parts.every((part) => part.length === 2);
  const bytes = pseudonyms.mac(parts.map((part) => Number.parseInt(part, 16)));
  const isUpper = mac !== mac.toLowerCase();
  const text = bytes.map((byte) => (isPadded ? hexByte(byte) : byte.toString(16))).join(":");
  return isUpper ? text.toUpperCase() : text;
}

/** Pseudonym of a MAC written as twelve digits. */
export function bareMac(digits: string, pseudonyms: Pseudonyms): string {
  const bytes = [0, 2, 4, 6, 8, 10].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
  return pseudonyms.mac(bytes).map(hexByte).join("");
}

function noted(set: Set<string>): (text: string) => string {
  return (text) => {
    set.add(text);
    return text;
  };
}

function optional<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
