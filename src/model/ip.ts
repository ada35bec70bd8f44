/** Address family, in the words of the glossary. */
export type Family = "ipv4" | "ipv6";

/** An address in canonical text: dotted quad, or RFC 5952 lower case. Facts hold text; the walk compiles it to words. */
export type Address = string;

/** A network prefix with its host bits cleared, such as 172.17.0.0/16. */
export interface Prefix {
  readonly family: Family;
  readonly address: Address;
  /** Prefix length in bits: 0 to 32, or 0 to 128. */
  readonly length: number;
}

/** 32-bit words, most significant first: one for IPv4, four for IPv6. */
export type AddressWords = readonly number[];

export function familyOf(address: Address): Family {
  return address.includes(":") ? "ipv6" : "ipv4";
}

/** The bits of an address as words; undefined when the text is no address. A zone (`%eth0`) is not part of an address. */
export function addressWords(text: string): AddressWords | undefined {
  return text.includes(":") ? ipv6Words(text) : ipv4Words(text);
}

/** Canonical text of an address; undefined when the text is no address. */
export function parseAddress(text: string): Address | undefined {
  const words = addressWords(text);
  return words === undefined ? undefined : addressText(words);
}

export function addressText(words: AddressWords): Address {
  const first = words[0];
  if (words.length === 1 && first !== undefined) return ipv4Text(first);
  return ipv6Text(words);
}

/** `a/b` with any host bits, or a lone address as a full-length prefix; undefined when the text is neither. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const words = addressWords(address);
  if (words === undefined) return undefined;
  const full = words.length * 32;
  const lengthText = slash < 0 ? String(full) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  return length > full ? undefined : prefixOf(words, length);
}

export function prefixOf(words: AddressWords, length: number): Prefix {
  const masked = words.map((word, index) => (word & maskWord(length, index)) >>> 0);
  return { family: words.length === 1 ? "ipv4" : "ipv6", address: addressText(masked), length };
}

export function prefixText(prefix: Prefix): string {
  return `${prefix.address}/${prefix.length}`;
}

export function contains(prefix: Prefix, address: Address): boolean {
  const words = addressWords(address);
  const base = addressWords(prefix.address);
  if (words === undefined || base === undefined || words.length !== base.length) return false;
  return wordsMatch(words, base, prefix.length);
}

/** True when one prefix contains the other. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return a.length <= b.length ? contains(a, b.address) : contains(b, a.address);
}

/** True when the first `length` bits agree. */
export function wordsMatch(a: AddressWords, b: AddressWords, length: number): boolean {
  return a.every((word, index) => ((word ^ (b[index] ?? 0)) & maskWord(length, index)) === 0);
}

/** Mask of the word at `index` (from 0) of a prefix of that length. */
export function maskWord(length: number, index: number): number {
  const bits = Math.min(32, Math.max(0, length - index * 32));
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
}

/** Read digit by digit: large hosts have tens of thousands of addresses, and a regular expression takes four times as long. */
function ipv4Words(text: string): AddressWords | undefined {
  let word = 0;
  let byte = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      if (digits === 0 || dots === 3) return undefined;
      word = word * 256 + byte;
      dots += 1;
      byte = 0;
      digits = 0;
      continue;
    }
    byte = byte * 10 + code - zero;
    digits += 1;
    if (code < zero || code > nine || digits > 3 || byte > 255) return undefined;
  }
  return dots === 3 && digits > 0 ? [word * 256 + byte] : undefined;
}

const [dot, zero, nine] = [46, 48, 57];

function ipv4Text(word: number): Address {
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join(".");
}

function ipv6Words(text: string): AddressWords | undefined {
  // A dotted quad may stand at the very end only.
  const dot = text.indexOf(".");
  if (dot >= 0 && text.lastIndexOf(":") > dot) return undefined;
  const halves = text.split("::").map(ipv6Groups);
  const given = halves.flat();
  if (halves.length > 2 || given.some(Number.isNaN)) return undefined;
  const missing = 8 - given.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const zeros = Array.from({ length: missing }, () => 0);
  const groups = halves.flatMap((half, index) => (index === 0 ? [...half, ...zeros] : half));
  return [0, 2, 4, 6].map((at) => joined(groups.slice(at, at + 2), 65536));
}

/** 16-bit groups of one side of `::`, NaN for what is none; a dotted quad counts as two. */
function ipv6Groups(text: string): readonly number[] {
  if (text === "") return [];
  return text.split(":").flatMap((part) => {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) return [Number.parseInt(part, 16)];
    const quad = ipv4Words(part) ?? [Number.NaN];
    return quad.flatMap((word) => (Number.isNaN(word) ? word : [word >>> 16, word & 65535]));
  });
}

/** Digits of a number in that base, most significant first, as the number. */
function joined(digits: readonly number[], base: number): number {
  return digits.reduce((number, digit) => number * base + digit, 0);
}

function ipv6Text(words: AddressWords): Address {
  const groups = words.flatMap((word) => [word >>> 16, word & 65535]);
  const run = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (run.length < 2) return hex.join(":");
  return `${hex.slice(0, run.start).join(":")}::${hex.slice(run.start + run.length).join(":")}`;
}

function longestZeroRun(groups: readonly number[]): {
  readonly start: number;
  readonly length: number;
} {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    const length = index + 1 - start;
    if (length > best.length) best = { start, length };
  }
  return best;
}
