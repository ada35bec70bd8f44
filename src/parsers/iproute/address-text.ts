import { parseAddress } from "../../model/ip.ts";
import { readWords, sameKeys, type WordMeanings } from "../support/text-entries.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Flags of an address in the words of iproute2 (ip/ipaddress.c), the same in text and JSON. */
export const addressFlags = [
  "dynamic",
  "deprecated",
  "tentative",
  "dadfailed",
  "noprefixroute",
  "secondary",
  "temporary",
  "mngtmpaddr",
  "nodad",
  "optimistic",
  "home",
  "autojoin",
] as const;

const addressWords: WordMeanings = {
  texts: sameKeys("peer", "brd", "any", "scope", "metric", "proto", "flags"),
  numbers: new Map(),
  flags: new Set([...addressFlags, "stable-privacy", "mcautojoin"]),
};

export interface AddressText {
  /** The address with the keys of `ip -j addr`. */
  readonly fields: Fields;
  readonly unknown: readonly string[];
}

/** `inet 192.0.2.1 peer 192.0.2.2/32 scope global secondary eth0`; undefined where no address with a length stands. */
export function addressText(
  family: "inet" | "inet6",
  words: readonly string[],
  ifname: string,
): AddressText | undefined {
  const [first = "", ...rest] = words;
  const { fields, flags, unknown } = readWords(withoutLabel(rest, ifname), addressWords);
  const own = addressAndLength(first);
  const peer = addressAndLength(String(fields["peer"] ?? ""));
  const length = peer?.length ?? own?.length;
  if (own === undefined || length === undefined || (fields["peer"] !== undefined && !peer)) {
    return undefined;
  }
  return {
    unknown,
    fields: {
      family,
      local: own.address,
      prefixlen: length,
      scope: fields["scope"] ?? "global",
      ...(peer === undefined ? {} : { address: peer.address }),
      ...Object.fromEntries(flags.map((flag) => [flag, true])),
    },
  };
}

/** `valid_lft 3600sec preferred_lft forever` */
export function lifetimes(words: readonly string[]): Fields {
  const { fields } = readWords(words, {
    texts: sameKeys("valid_lft", "preferred_lft"),
    numbers: new Map(),
    flags: new Set(),
  });
  return {
    ...seconds("valid_life_time", fields["valid_lft"]),
    ...seconds("preferred_life_time", fields["preferred_lft"]),
  };
}

function seconds(key: string, text: unknown): Fields {
  const [, digits] = /^(\d{1,10})sec$/.exec(String(text)) ?? [];
  return digits === undefined ? {} : { [key]: Number(digits) };
}

/** An IPv4 address has a label at the end: the link's name, or that with a colon and more. */
function withoutLabel(words: readonly string[], ifname: string): readonly string[] {
  const last = words.at(-1) ?? "";
  return last === ifname || last.startsWith(`${ifname}:`) ? words.slice(0, -1) : words;
}

function addressAndLength(
  text: string,
): { readonly address: string; readonly length: number | undefined } | undefined {
  const [, address = "", digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (parseAddress(address) === undefined) return undefined;
  return { address, length: digits === undefined ? undefined : Number(digits) };
}
