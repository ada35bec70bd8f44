import { parsePrefix } from "../../model/ip.ts";
import { bareMac, macText, type Pseudonyms } from "./pseudonyms.ts";

/**
 * Pseudonym of a word whose shape says what it is: an address, a prefix, an address with a port, a range, a MAC, an id, or a name
 * that Docker makes of an id. undefined when the shape says nothing.
 */
export function shapePseudonym(word: string, pseudonyms: Pseudonyms): string | undefined {
  return addressWord(word, pseudonyms) ?? macWord(word, pseudonyms) ?? idWord(word, pseudonyms);
}

/** Names that Docker makes of ids, such as `br-0e4dbab34792`; undefined when the name is none. */
export function idName(name: string, pseudonyms: Pseudonyms): string | undefined {
  return namesOfIds
    .map(({ shape, alphabet }) => {
      const [, before, id] = shape.exec(name) ?? [];
      return id === undefined ? undefined : `${before}${pseudonyms.id(id, alphabet)}`;
    })
    .find((found) => found !== undefined);
}

const namesOfIds = [
  { shape: /^(br-)([0-9a-f]{1,12})$/, alphabet: "hex" },
  { shape: /^(gateway_|ep-|sha256:|container:)([0-9a-f]{12}|[0-9a-f]{64})$/, alphabet: "hex" },
  { shape: /^()([0-9a-f]{12}|[0-9a-f]{64})$/, alphabet: "hex" },
  { shape: /^()([0-9a-z]{25})$/, alphabet: "swarm" },
  // libnetwork names sandboxes and VXLAN links of overlay networks after the first letters of the network's id.
  { shape: /^(lb_|lb-)([0-9a-z]{9,10})$/, alphabet: "swarm" },
  { shape: /^(\d-)([0-9a-z]{10})$/, alphabet: "swarm" },
  { shape: /^(vx-[0-9a-f]{6}-)([0-9a-z]{5})$/, alphabet: "swarm" },
  { shape: /^(ov-[0-9a-f]{6}-)([0-9a-z]{5})$/, alphabet: "swarm" },
] as const;

const macShape = /^(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}$/;

function macWord(word: string, pseudonyms: Pseudonyms): string | undefined {
  if (macShape.test(word)) return macText(word, pseudonyms);
  const [, priority, mac, digits] = bridgeId.exec(word) ?? [];
  if (mac !== undefined) return `${priority}${macText(mac, pseudonyms)}`;
  if (digits !== undefined) return `${priority}${bareMac(digits, pseudonyms)}`;
  const [, link, ofMac] = /^(enx|wlx)([0-9a-f]{12})$/.exec(word) ?? [];
  return ofMac === undefined ? undefined : `${link}${bareMac(ofMac, pseudonyms)}`;
}

const bridgeId = /^([0-9a-f]{4}\.)(?:((?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2})|([0-9a-f]{12}))$/i;

function idWord(word: string, pseudonyms: Pseudonyms): string | undefined {
  return idName(word, pseudonyms);
}

/** `172.17.0.2`, `…/16`, `…/255.0.255.0`, `…:80`, `[fd00::2]:80`, `a-b`, `a-b:1-2`. */
function addressWord(word: string, pseudonyms: Pseudonyms): string | undefined {
  const plain = pseudonyms.address(word);
  if (plain !== undefined) return plain;
  const prefix = prefixWord(word, pseudonyms);
  if (prefix !== undefined) return prefix;
  const [, v6, v4, tail] = withTail.exec(word) ?? [];
  if (tail === undefined) return rangeWord(word, pseudonyms);
  const inner = v6 ?? v4 ?? "";
  const mapped = addressOrRange(inner, pseudonyms);
  if (mapped === undefined) return undefined;
  return v6 === undefined ? `${mapped}${tail}` : `[${mapped}]${tail}`;
}

const withTail = /^(?:\[([0-9a-fA-F:.-]+)\]|([0-9.-]+))((?::[\d*]+(?:[-/:]\d+)*)?)$/;

function prefixWord(word: string, pseudonyms: Pseudonyms): string | undefined {
  const [, address, length] = /^([0-9a-fA-F:.]+)\/(\S+)$/.exec(word) ?? [];
  if (address === undefined || length === undefined) return undefined;
  const prefix = parsePrefix(word);
  if (prefix === undefined) {
    const mapped = pseudonyms.address(address);
    return mapped !== undefined && /^[0-9a-fA-F:.]+$/.test(length)
      ? `${mapped}/${length}`
      : undefined;
  }
  pseudonyms.network(prefix);
  const mapped = pseudonyms.prefixAddress(address, prefix.length);
  return mapped === undefined ? undefined : `${mapped}/${length}`;
}

function addressOrRange(text: string, pseudonyms: Pseudonyms): string | undefined {
  return pseudonyms.address(text) ?? rangeWord(text, pseudonyms);
}

function rangeWord(text: string, pseudonyms: Pseudonyms): string | undefined {
  const [from, to, ...more] = text.split("-");
  if (from === undefined || to === undefined || more.length > 0) return undefined;
  const ends = [pseudonyms.address(from), pseudonyms.address(to)];
  const [first, last] = ends;
  if (first === undefined || last === undefined) return undefined;
  pseudonyms.range(from, to);
  return `${first}-${last}`;
}
