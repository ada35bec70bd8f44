import { addressText, addressWords, maskWord, parsePrefix } from "../../model/ip.ts";
import type { Extension } from "../../model/netfilter.ts";
import type { InFlight } from "./in-flight.ts";

/** What rules change of a packet and its connection beside its addresses; undefined = not known (any more). */
export interface Alterable {
  readonly mark: number | undefined;
  readonly connmark: number | undefined;
  readonly ttl: number | undefined;
  readonly dscp: number | undefined;
}

export const unknownAlterable: Alterable = {
  mark: undefined,
  connmark: undefined,
  ttl: undefined,
  dscp: undefined,
};

export function alterableOf({ mark, connmark, packet: { ttl, dscp } }: InFlight): Alterable {
  return { mark, connmark, ttl, dscp };
}

/** The packet as rules left it. */
export function asAltered(flight: InFlight, altered: Alterable): InFlight {
  const { mark, connmark, ttl, dscp } = altered;
  const { ttl: _ttl, dscp: _dscp, ...packet } = flight.packet;
  return {
    ...flight,
    mark,
    connmark,
    packet: {
      ...packet,
      ...(ttl === undefined ? {} : { ttl }),
      ...(dscp === undefined ? {} : { dscp }),
    },
  };
}

export function isAltered(a: Alterable, b: Alterable): boolean {
  return a.mark !== b.mark || a.connmark !== b.connmark || a.ttl !== b.ttl || a.dscp !== b.dscp;
}

/** What both say; where they differ, nothing is known. */
export function either(a: Alterable, b: Alterable): Alterable {
  const same = (x: number | undefined, y: number | undefined) => (x === y ? x : undefined);
  return {
    mark: same(a.mark, b.mark),
    connmark: same(a.connmark, b.connmark),
    ttl: same(a.ttl, b.ttl),
    dscp: same(a.dscp, b.dscp),
  };
}

/** A target that changes nothing but these; undefined = none of them, or in a way that docknet does not model. */
export function alteredBy(
  { name, options }: Extension,
  before: Alterable,
  tracked: boolean,
): Alterable | undefined {
  const value = (option: string) => options.find((one) => one.name === option)?.values[0];
  switch (name) {
    case "CONNMARK":
      // A packet without a connection has no mark of one (xt_connmark).
      return tracked
        ? connmarkAltered(
            value,
            options.map((one) => one.name),
            before,
          )
        : before;
    case "TTL":
    case "HL": {
      const ttl = Number(value("ttl-set") ?? value("hl-set"));
      return ttl > 1 ? { ...before, ttl } : undefined;
    }
    case "DSCP": {
      const dscp = Number(value("set-dscp"));
      return { ...before, dscp: Number.isNaN(dscp) ? undefined : dscp };
    }
    case "TOS":
      return { ...before, dscp: undefined };
    default:
      return undefined;
  }
}

/** xt_connmark: --set-xmark, --save-mark and --restore-mark, each with its masks. */
function connmarkAltered(
  value: (option: string) => string | undefined,
  names: readonly string[],
  before: Alterable,
): Alterable | undefined {
  const { mark, connmark } = before;
  const nfMask = Number(value("nfmask") ?? 0xffffffff);
  const ctMask = Number(value("ctmask") ?? 0xffffffff);
  if (names.includes("set-xmark")) {
    const [to = Number.NaN, mask = 0xffffffff] = (value("set-xmark") ?? "").split("/").map(Number);
    if (Number.isNaN(to) || Number.isNaN(mask)) return undefined;
    if (mask === 0xffffffff) return { ...before, connmark: to };
    return {
      ...before,
      connmark: connmark === undefined ? undefined : ((connmark & ~mask) ^ to) >>> 0,
    };
  }
  if (names.includes("save-mark")) {
    const known = mark !== undefined && connmark !== undefined;
    const saved = known ? ((connmark & ~ctMask) ^ (mark & nfMask)) >>> 0 : undefined;
    return { ...before, connmark: ctMask === 0xffffffff && nfMask === 0xffffffff ? mark : saved };
  }
  if (names.includes("restore-mark")) {
    const known = mark !== undefined && connmark !== undefined;
    const restored = known ? ((mark & ~nfMask) ^ (connmark & ctMask)) >>> 0 : undefined;
    return {
      ...before,
      mark: ctMask === 0xffffffff && nfMask === 0xffffffff ? connmark : restored,
    };
  }
  return undefined;
}

/** NETMAP: the bits of the prefix come from the rule, the others stay (xt_NETMAP). */
export function netmapped({ options }: Extension, words: readonly number[]): string | undefined {
  const prefix = parsePrefix(options.find(({ name }) => name === "to")?.values[0] ?? "");
  const base = prefix === undefined ? undefined : addressWords(prefix.address);
  if (prefix === undefined || base === undefined || base.length !== words.length) return undefined;
  return addressText(
    words.map((word, at) => {
      const mask = maskWord(prefix.length, at);
      return (((base[at] ?? 0) & mask) | (word & ~mask)) >>> 0;
    }),
  );
}
