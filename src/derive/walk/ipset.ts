import { type AddressWords, addressWords, maskWord, parsePrefix } from "../../model/ip.ts";
import type { IpSet, IpSetElement, IpSets } from "../../model/netfilter/ipset.ts";
import type { Match } from "../../model/netfilter.ts";
import type { InFlight } from "./in-flight.ts";
import { type Answer, not, type Test, unsure } from "./match-answer.ts";
import { containing, type PrefixIndex, prefixIndex } from "./prefix-index.ts";

type SetMatch = Extract<Match, { readonly kind: "set" }>;

/** What a set says of a packet, asked with the directions of a rule. */
type Question = (flight: InFlight, directions: readonly string[]) => Answer;

/** Sets of ipset by their names, each made ready when a rule asks it first. */
export type CompiledIpSets = (name: string) => Question | undefined;

export function compileIpSets(ipsets: IpSets | undefined): CompiledIpSets {
  const sets = new Map((ipsets?.state === "read" ? ipsets.sets : []).map((set) => [set.name, set]));
  const questions = new Map<string, Question>();
  const questionOf: CompiledIpSets = (name) => {
    const set = sets.get(name);
    const made = questions.get(name);
    if (made !== undefined || set === undefined) return made;
    const question = set.method === "list" ? listQuestion(set, questionOf) : elementQuestion(set);
    questions.set(name, question);
    return question;
  };
  return questionOf;
}

/** `-m set --match-set NAME src,dst` (xt_set.c, ip_set_core.c). */
export function setTest(match: SetMatch, sets: CompiledIpSets | undefined): Test {
  const question = sets?.(match.setName);
  if (question === undefined) return unsure;
  return (flight) => {
    const answer = question(flight, match.directions);
    return match.inverted ? not(answer) : answer;
  };
}

/** A list of sets holds what any of them holds; a list may not be in a list. */
function listQuestion({ elements }: IpSet, sets: CompiledIpSets): Question {
  const members = elements.map(({ value }) => value);
  return (flight, directions) => {
    let answer: Answer = false;
    for (const member of members) {
      const one = sets(member)?.(flight, directions) ?? "unsure";
      if (one === true) return true;
      if (one === "unsure") answer = "unsure";
    }
    return answer;
  };
}

/** One element with what is left to compare after its address. */
interface Entry {
  readonly nomatch: boolean;
  readonly tests: readonly PartTest[];
}

type PartTest = (flight: InFlight, direction: string) => Answer;

interface Index {
  readonly byAddress: PrefixIndex<Entry>;
  readonly others: readonly Entry[];
  /** Elements that docknet cannot read. */
  readonly unread: boolean;
}

const addressParts: ReadonlySet<string> = new Set(["ip", "net"]);

/**
 * The longest prefix that the address is in and whose other parts agree decides; `nomatch` makes an exception of it
 * (ip_set_hash_gen.h, mtype_test_cidrs). Elements with a timeout count while they are there.
 */
function elementQuestion(set: IpSet): Question {
  const { parts, family, netmaskLength } = set;
  const index = indexOf(set);
  const byAddress = addressParts.has(parts[0] ?? "");
  return (flight, directions) => {
    // Fewer directions than parts match nothing, and so does a packet of the other family.
    if (directions.length < parts.length) return false;
    if (family !== undefined && family !== flight.family) return false;
    const words = wordsFor(flight, directions[0] ?? "");
    const cut = netmaskLength === undefined ? words : masked(words, netmaskLength);
    const lists = byAddress ? containing(index.byAddress, cut) : [index.others];
    const rest = byAddress ? directions.slice(1) : directions;
    return firstOf(lists, { flight, directions: rest }) ?? (index.unread ? "unsure" : false);
  };
}

interface Asked {
  readonly flight: InFlight;
  readonly directions: readonly string[];
}

function firstOf(lists: readonly (readonly Entry[])[], asked: Asked): Answer | undefined {
  for (const list of lists) {
    for (const entry of list) {
      const agrees = agreement(entry, asked);
      if (agrees === "unsure") return "unsure";
      if (agrees) return !entry.nomatch;
    }
  }
  return undefined;
}

function agreement({ tests }: Entry, { flight, directions }: Asked): Answer {
  let answer: Answer = true;
  for (const [at, test] of tests.entries()) {
    const one = test(flight, directions[at] ?? "");
    if (one === false) return false;
    if (one === "unsure") answer = "unsure";
  }
  return answer;
}

function indexOf(set: IpSet): Index {
  const byAddress = [];
  const others: Entry[] = [];
  let unread = false;
  for (const element of set.elements) {
    const read = entryOf(set, element);
    if (read === undefined) unread = true;
    else if (read.prefix === undefined) others.push(read.entry);
    else byAddress.push({ ...read.prefix, value: read.entry });
  }
  return { byAddress: prefixIndex(byAddress), others, unread };
}

interface ReadEntry {
  readonly prefix?: { readonly words: AddressWords; readonly length: number };
  readonly entry: Entry;
}

function entryOf({ parts }: IpSet, element: IpSetElement): ReadEntry | undefined {
  const texts = element.value.split(",");
  if (texts.length > parts.length) return undefined;
  const byAddress = addressParts.has(parts[0] ?? "");
  const prefix = byAddress ? prefixWords(texts[0] ?? "") : undefined;
  if (byAddress && prefix === undefined) return undefined;
  const tests: PartTest[] = [];
  for (const [at, part] of parts.entries()) {
    if (at === 0 && byAddress) continue;
    const test = partTest(part, texts[at], element);
    if (test === undefined) return undefined;
    tests.push(test);
  }
  const entry = { nomatch: element.nomatch === true, tests };
  return prefix === undefined ? { entry } : { prefix, entry };
}

/** undefined = a part that docknet does not model. */
function partTest(
  part: string,
  text: string | undefined,
  { options = [] }: IpSetElement,
): PartTest | undefined {
  // bitmap:ip,mac holds addresses without a MAC too: they match any.
  if (part === "mac") return text === undefined ? undefined : () => "unsure";
  if (text === undefined) return undefined;
  switch (part) {
    case "ip":
    case "net": {
      const prefix = prefixWords(text);
      if (prefix === undefined) return undefined;
      return (flight, direction) => isWithin(wordsFor(flight, direction), prefix);
    }
    case "port":
      return portTest(text);
    case "iface":
      return text.startsWith("physdev:") ? undefined : ifaceTest(text, options);
    case "mark": {
      const mark = Number(text);
      if (Number.isNaN(mark)) return undefined;
      return (flight) => (flight.mark === undefined ? "unsure" : flight.mark === mark);
    }
    default:
      return undefined;
  }
}

/** `src` is the link that the packet came in by, `dst` the one that it leaves by (ip_set_hash_netiface.c). */
function ifaceTest(name: string, options: readonly string[]): PartTest {
  const wildcard = options.includes("wildcard");
  return (flight, direction) => {
    const link = direction === "src" ? flight.inLink : flight.outLink;
    if (link === undefined) return false;
    return wildcard ? link.startsWith(name) : link === name;
  };
}

const protocols: ReadonlySet<string> = new Set(["tcp", "udp"]);

/** `tcp:80`, `80`, `udp:1000-1010`; a port without a protocol is one of TCP or UDP (bitmap:port). */
function portTest(text: string): PartTest | undefined {
  const [, protocol, first, last] = /^(?:([a-z0-9]+):)?(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (first === undefined) {
    // Names and types of ICMP, protocols without ports.
    const [other = ""] = text.split(":");
    if (protocols.has(other)) return undefined;
    return ({ packet }) => (packet.protocol === "icmp" ? "unsure" : false);
  }
  const [from, to] = [Number(first), Number(last ?? first)];
  return ({ packet }, direction) => {
    const port = direction === "src" ? packet.sourcePort : packet.destinationPort;
    if (packet.protocol === "icmp") return protocol?.startsWith("icmp") === true ? "unsure" : false;
    if (protocol !== undefined && protocol !== packet.protocol) return false;
    return port === undefined ? "unsure" : port >= from && port <= to;
  };
}

function wordsFor(flight: InFlight, direction: string): AddressWords {
  return direction === "src" ? flight.sourceWords : flight.destinationWords;
}

function prefixWords(
  text: string,
): { readonly words: AddressWords; readonly length: number } | undefined {
  const prefix = parsePrefix(text);
  const words = prefix === undefined ? undefined : addressWords(prefix.address);
  return prefix === undefined || words === undefined ? undefined : { words, length: prefix.length };
}

function isWithin(
  words: AddressWords,
  { words: base, length }: { readonly words: AddressWords; readonly length: number },
): boolean {
  return (
    words.length === base.length &&
    words.every((word, at) => ((word ^ (base[at] ?? 0)) & maskWord(length, at)) === 0)
  );
}

function masked(words: AddressWords, length: number): AddressWords {
  return words.map((word, at) => (word & maskWord(length, at)) >>> 0);
}
