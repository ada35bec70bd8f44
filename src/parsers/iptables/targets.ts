import type { Extension, Target } from "../../model/netfilter.ts";
import { targetExtension } from "./extension.ts";
import { natRange } from "./nat-range.ts";
import { type MaskedValue, maskedValue, portRange } from "./numbers.ts";
import { wordsOf } from "./words.ts";

/** What `-j NAME options` or `-g CHAIN` does. A name that the table declares as a chain is a jump; others are extensions. */
export function targetOf(piece: string, chains: ReadonlyMap<string, unknown>): Target {
  const words = wordsOf(piece);
  const [option, name = "", ...options] = words;
  const known =
    option === "-g"
      ? gotoTarget(name, options)
      : jumpTarget({ name, options, words, piece }, chains);
  return known ?? { kind: "unrecognised", name, text: piece, ...extensionOf(words) };
}

function extensionOf(words: readonly string[]): { readonly extension?: Extension } {
  const extension = words[0] === "-j" ? targetExtension(words) : undefined;
  return extension === undefined ? {} : { extension };
}

/** What stands behind `-j`. */
interface Given {
  readonly name: string;
  readonly options: readonly string[];
  readonly words: readonly string[];
  readonly piece: string;
}

function gotoTarget(chain: string, options: readonly string[]): Target | undefined {
  return chain !== "" && options.length === 0 ? { kind: "goto", chain } : undefined;
}

function jumpTarget(given: Given, chains: ReadonlyMap<string, unknown>): Target | undefined {
  if (given.options.length === 0) {
    const verdict = VERDICTS.get(given.name);
    if (verdict !== undefined) return verdict;
    if (chains.has(given.name)) return { kind: "jump", chain: given.name };
  }
  return EXTENSIONS.get(given.name)?.(given);
}

const VERDICTS = new Map<string, Target>([
  ["ACCEPT", { kind: "verdict", verdict: "ACCEPT" }],
  ["DROP", { kind: "verdict", verdict: "DROP" }],
  ["RETURN", { kind: "verdict", verdict: "RETURN" }],
  ["QUEUE", { kind: "verdict", verdict: "QUEUE" }],
]);

/** Targets after which the next rule is tried and which leave alone what decides about a packet. */
const CONTINUING = [
  "AUDIT",
  "CHECKSUM",
  "CLASSIFY",
  "CONNSECMARK",
  "DSCP",
  "ECN",
  "IDLETIMER",
  "LED",
  "LOG",
  "NFLOG",
  "RATEEST",
  "SECMARK",
  "TCPMSS",
  "TCPOPTSTRIP",
  "TEE",
  "TOS",
  "TRACE",
  "ULOG",
];

const EXTENSIONS = new Map<string, (given: Given) => Target | undefined>([
  ["REJECT", rejectTarget],
  ["DNAT", (given) => natTarget("dnat", "--to-destination", given.options)],
  ["SNAT", (given) => natTarget("snat", "--to-source", given.options)],
  ["MASQUERADE", (given) => portsTarget("masquerade", given.options)],
  ["REDIRECT", (given) => portsTarget("redirect", given.options)],
  ["MARK", markTarget],
  ["NOTRACK", notrackTarget],
  ["CT", ({ options }) => (options.join(" ") === "--notrack" ? { kind: "notrack" } : undefined)],
  ...CONTINUING.map((name) => [name, continueTarget] as const),
]);

function notrackTarget({ options }: Given): Target | undefined {
  return options.length === 0 ? { kind: "notrack", name: "NOTRACK" } : undefined;
}

function continueTarget({ name, piece, words }: Given): Target {
  return { kind: "continue", name, text: piece, ...extensionOf(words) };
}

function rejectTarget({ options }: Given): Target | undefined {
  const [option, rejectWith, ...others] = options;
  if (option === undefined) return { kind: "reject" };
  if (option !== "--reject-with" || rejectWith === undefined) return undefined;
  return others.length === 0 ? { kind: "reject", rejectWith } : undefined;
}

function natTarget(
  kind: "dnat" | "snat",
  option: string,
  words: readonly string[],
): Target | undefined {
  const [first, value = "", ...options] = words;
  const range = first === option ? natRange(value) : undefined;
  if (range === undefined || !options.every(isNatFlag)) return undefined;
  return { kind, range, options };
}

function portsTarget(
  kind: "masquerade" | "redirect",
  words: readonly string[],
): Target | undefined {
  const [first, value = "", ...others] = words;
  if (first !== "--to-ports") return words.every(isNatFlag) ? { kind, options: words } : undefined;
  const ports = portRange(value, "-");
  return ports && others.every(isNatFlag) ? { kind, ports, options: others } : undefined;
}

function isNatFlag(word: string): boolean {
  return word === "--random" || word === "--random-fully" || word === "--persistent";
}

/** Every form of MARK in the one of the kernel: mark = (mark & ~mask) ^ value. Source: libxt_MARK. */
function markTarget({ options }: Given): Target | undefined {
  const [option = "", text = "", ...others] = options;
  const given = maskedValue(text);
  if (given === undefined || others.length > 0) return undefined;
  const set = MARK_FORMS.get(option)?.(given);
  return set && { kind: "set-mark", value: set.value >>> 0, mask: set.mask >>> 0 };
}

const MARK_FORMS = new Map<string, (given: MaskedValue) => MaskedValue>([
  ["--set-xmark", (given) => given],
  ["--set-mark", ({ value, mask }) => ({ value, mask: value | mask })],
  ["--and-mark", ({ value }) => ({ value: 0, mask: ~value })],
  ["--or-mark", ({ value }) => ({ value, mask: value })],
  ["--xor-mark", ({ value }) => ({ value, mask: 0 })],
]);
