import type { IgnoredLine } from "../../model/facts.ts";
import type { Failure } from "../../model/failure.ts";
import { type Line, linesOf } from "../support/lines.ts";
import {
  oddLine,
  readWords,
  sameKeys,
  type TextEntry,
  unknownWords,
  type WordMeanings,
  wordsOf,
} from "../support/text-entries.ts";
import { addressText, type Fields, lifetimes } from "./address-text.ts";
import { kindData, portData } from "./link-kind-text.ts";

/** Links of a text with the keys of `ip -j -d -s addr`, or the failure that names the line. */
export type LinkTexts =
  | {
      readonly ok: true;
      readonly entries: readonly TextEntry[];
      readonly ignored: readonly IgnoredLine[];
    }
  | { readonly ok: false; readonly failure: Failure };

/** A link while its lines are read. */
interface OpenLink {
  readonly line: number;
  readonly ifname: string;
  readonly addresses: Fields[];
  readonly altnames: string[];
  fields: Fields;
  info: Fields;
  statistics: Readonly<Record<string, Fields>>;
  /** Names of the counters on the next line, and their direction. */
  columns: { readonly direction: "rx" | "tx"; readonly names: readonly string[] } | undefined;
}

/** `ip addr` and `ip link`, with or without `-d` and `-s`, as iproute2 of any age prints them for people. */
export function linkTexts(text: string): LinkTexts {
  const links: OpenLink[] = [];
  const ignored: IgnoredLine[] = [];
  for (const line of linesOf(text)) {
    const link = links.at(-1);
    if (/^\s/.test(line.text) && link !== undefined) {
      const outcome = readDetail(link, line);
      if (outcome === "odd") return { ok: false, failure: oddLine(line, "an address") };
      if (outcome !== undefined) {
        ignored.push({ line: line.number, text: line.text, reason: outcome });
      }
      continue;
    }
    const opened = openLink(line);
    if (opened === undefined) {
      const expected = 'a link ("1: lo: <LOOPBACK,UP> mtu …", as `ip addr` and `ip link` print it)';
      return { ok: false, failure: oddLine(line, expected) };
    }
    links.push(opened.link);
    if (opened.unknown.length > 0) {
      const reason = unknownWords(opened.unknown);
      ignored.push({ line: line.number, text: line.text, reason });
    }
  }
  return { ok: true, entries: links.map(closeLink), ignored };
}

const headerWords: WordMeanings = {
  texts: sameKeys("qdisc", "master", "mode", "group", "state"),
  numbers: sameKeys("mtu", "qlen"),
  flags: new Set(),
};

function openLink(
  line: Line,
): { readonly link: OpenLink; readonly unknown: readonly string[] } | undefined {
  const [, index, name = "", flags = "", rest = ""] =
    /^(\d{1,9}): (\S+): <([^>]*)>(.*)$/.exec(line.text) ?? [];
  if (index === undefined) return undefined;
  const { fields, unknown } = readWords(wordsOf(rest), headerWords);
  // A name may hold an @ itself; what stands behind the last one is the peer or the parent.
  const at = name.lastIndexOf("@");
  const ifname = at > 0 ? name.slice(0, at) : name;
  const { state = "UNKNOWN", ...others } = fields;
  const link: OpenLink = {
    line: line.number,
    ifname,
    addresses: [],
    altnames: [],
    fields: {
      ifindex: Number(index),
      ifname,
      ...(at > 0 ? peerOf(name.slice(at + 1)) : {}),
      flags: flags.split(",").filter((flag) => flag !== ""),
      operstate: state,
      ...others,
    },
    info: {},
    statistics: {},
    columns: undefined,
  };
  return { link, unknown };
}

/** `if7` has no name here: it is in another namespace. NONE has none at all. */
function peerOf(text: string): Fields {
  const [, index] = /^if(\d{1,9})$/.exec(text) ?? [];
  if (index !== undefined) return { link_index: Number(index) };
  return text === "NONE" ? {} : { link: text };
}

function closeLink(link: OpenLink): TextEntry {
  const { rx, tx } = link.statistics;
  return {
    line: link.line,
    fields: {
      ...link.fields,
      altnames: link.altnames,
      linkinfo: link.info,
      addr_info: link.addresses,
      ...(rx === undefined || tx === undefined ? {} : { stats64: { rx, tx } }),
    },
  };
}

/** Reads a line below the link's own; gives why it is ignored, or that it cannot be read. */
function readDetail(link: OpenLink, { text }: Line): "odd" | string | undefined {
  const words = wordsOf(text);
  const [first = "", ...rest] = words;
  if (link.columns !== undefined) return readCounters(link, link.columns, words);
  if (first.startsWith("link/")) return readLinkLayer(link, first.slice("link/".length), rest);
  switch (first) {
    case "inet":
    case "inet6":
      return readAddress(link, first, rest);
    case "valid_lft": {
      const last = link.addresses.pop();
      if (last === undefined) return "no address stands before it";
      link.addresses.push({ ...last, ...lifetimes(words) });
      return undefined;
    }
    case "alias":
      link.fields = { ...link.fields, ifalias: text.trimStart().slice("alias ".length) };
      return undefined;
    case "altname":
      for (const name of rest) link.altnames.push(name);
      return undefined;
    case "RX:":
    case "TX:":
      link.columns = { direction: first === "RX:" ? "rx" : "tx", names: rest };
      return undefined;
    // With -s -s: causes of errors, on two lines.
    case "RX":
    case "TX":
      link.columns = { direction: first === "RX" ? "rx" : "tx", names: [] };
      return undefined;
    // Virtual functions of a card, and programs at the link: not modelled.
    case "vf":
    case "prog/xdp":
      return undefined;
    default:
      return readKind(link, first, rest);
  }
}

const linkLayerWords: WordMeanings = {
  texts: sameKeys("brd", "peer", "permaddr", "link-netns"),
  numbers: new Map([["link-netnsid", "link_netnsid"]]),
  flags: new Set(),
};

function readLinkLayer(link: OpenLink, type: string, words: readonly string[]): undefined {
  const { fields } = readWords(words, linkLayerWords);
  const { link_netnsid } = fields;
  const [address = ""] = words;
  link.fields = {
    ...link.fields,
    link_type: type,
    ...(/[:.]/.test(address) ? { address } : {}),
    ...(link_netnsid === undefined ? {} : { link_netnsid }),
  };
}

function readAddress(
  link: OpenLink,
  family: "inet" | "inet6",
  words: readonly string[],
): "odd" | string | undefined {
  const read = addressText(family, words, link.ifname);
  if (read === undefined) return "odd";
  link.addresses.push(read.fields);
  return read.unknown.length === 0 ? undefined : unknownWords(read.unknown);
}

function readCounters(
  link: OpenLink,
  { direction, names }: NonNullable<OpenLink["columns"]>,
  words: readonly string[],
): string | undefined {
  link.columns = undefined;
  if (names.length === 0) return undefined;
  const values = words.map(Number);
  if (values.length !== names.length || !values.every(Number.isSafeInteger)) {
    return "no counters, or rounded ones, where counters stand";
  }
  const counters = Object.fromEntries(names.map((name, index) => [name, values[index]]));
  link.statistics = { ...link.statistics, [direction]: counters };
  return undefined;
}

/** `veth`, `vxlan id …`, `bridge_slave state …`: with -d they stand before the addresses. */
function readKind(link: OpenLink, first: string, words: readonly string[]): string | undefined {
  const [, masterKind] = /^([\w-]+)_slave$/.exec(first) ?? [];
  const isKind = /^[a-z][\w-]*$/.test(first) && link.fields["link_type"] !== undefined;
  if (!isKind || link.addresses.length > 0) return "what it says is not known here";
  if (masterKind !== undefined) {
    link.info = { ...link.info, info_slave_kind: masterKind, info_slave_data: portData(words) };
    return undefined;
  }
  if (link.info["info_kind"] !== undefined) return "the link has a kind already";
  link.info = { ...link.info, info_kind: first, info_data: kindData(first, words) };
  return undefined;
}
