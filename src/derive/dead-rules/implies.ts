import { contains, type Prefix } from "../../model/ip.ts";
import type { CtState, IptablesTable, Match, PortRange } from "../../model/netfilter.ts";

/**
 * Whether every packet that meets all of `have` also meets `wanted`. Only of conditions that stay the same on a packet's way through
 * one table; a "no" says nothing.
 */
export function implies(have: readonly Match[], wanted: Match, table: IptablesTable): boolean {
  if (wanted.kind === "comment" || isAlways(wanted)) return true;
  if (!isSteady(wanted, table)) return false;
  return have.some((own) => isSteady(own, table) && impliesOne(own, wanted));
}

/** Whether no packet at all meets these conditions together, as far as two of them tell. */
export function excludeEachOther(have: readonly Match[], table: IptablesTable): boolean {
  return have.some((wanted) => {
    const opposite = oppositeOf(wanted);
    return opposite !== undefined && isSteady(opposite, table) && isExcluded(have, opposite, table);
  });
}

function isExcluded(have: readonly Match[], opposite: Match, table: IptablesTable): boolean {
  return have.some((own) => isSteady(own, table) && impliesOne(own, opposite));
}

/** The conditions of a rule of which each holds by itself: beside connection states, xt_conntrack passes over its others. */
export function separable(matches: readonly Match[]): readonly Match[] {
  const states = matches.some(({ kind }) => kind === "ct-state");
  return states ? matches.filter(({ kind }) => !connectionWords.has(kind)) : matches;
}

/** Whether what a rule asks can be taken one by one. */
export function isSeparable(matches: readonly Match[]): boolean {
  return separable(matches).length === matches.length;
}

const connectionWords: ReadonlySet<Match["kind"]> = new Set<Match["kind"]>([
  "ct-status",
  "ct-direction",
  "ct-protocol",
  "ct-address",
  "ct-port",
]);

const steadyKinds: ReadonlySet<Match["kind"]> = new Set<Match["kind"]>([
  "source",
  "destination",
  "source-mask",
  "destination-mask",
  "in-interface",
  "out-interface",
  "protocol",
  "fragment",
  "source-port",
  "destination-port",
  "multiport",
  "tcp-flags",
  "icmp-type",
  "ct-state",
  "ct-status",
  "ct-direction",
  "ct-protocol",
  "ct-address",
  "ct-port",
  "address-type",
  "ip-range",
]);

/** Marks, sets, rates and the TTL may change between two rules; the connection does in raw, where NOTRACK stands. */
function isSteady({ kind }: Match, table: IptablesTable): boolean {
  if (table === "raw" && (kind === "ct-state" || connectionWords.has(kind))) return false;
  return steadyKinds.has(kind);
}

function isAlways(match: Match): boolean {
  if (match.kind === "protocol") return !match.inverted && numberOf(match.protocol) === "0";
  if (match.kind === "source" || match.kind === "destination")
    return !match.inverted && match.prefix.length === 0;
  return false;
}

function oppositeOf(match: Match): Match | undefined {
  switch (match.kind) {
    case "source":
    case "destination":
    case "in-interface":
    case "out-interface":
    case "protocol":
    case "source-port":
    case "destination-port":
    case "ct-state":
      return { ...match, inverted: !match.inverted };
    default:
      return undefined;
  }
}

function impliesOne(own: Match, wanted: Match): boolean {
  switch (wanted.kind) {
    case "source":
    case "destination":
      return own.kind === wanted.kind && impliesSet(own, wanted, prefixes(own, wanted));
    case "in-interface":
    case "out-interface":
      return own.kind === wanted.kind && impliesSet(own, wanted, links(own.name, wanted.name));
    case "protocol":
      return own.kind === "protocol" && impliesSet(own, wanted, protocols(own, wanted));
    case "source-port":
    case "destination-port":
      return impliesPorts(own, wanted);
    case "multiport":
      return isSame(own, wanted) || impliesMultiport(own, wanted);
    case "ct-state":
      return own.kind === "ct-state" && impliesSet(own, wanted, states(own.states, wanted.states));
    default:
      return isSame(own, wanted);
  }
}

function isSame({ again: _own, ...own }: Match, { again: _wanted, ...wanted }: Match): boolean {
  return own.kind === wanted.kind && JSON.stringify(own) === JSON.stringify(wanted);
}

/** How two sets of packets lie to each other. */
interface Relation {
  readonly ownInWanted: boolean;
  readonly wantedInOwn: boolean;
  readonly apart: boolean;
}

/** `own` may be the set or all but the set, and so may `wanted`. */
function impliesSet(
  own: { readonly inverted: boolean },
  wanted: { readonly inverted: boolean },
  relation: Relation,
): boolean {
  if (!own.inverted && !wanted.inverted) return relation.ownInWanted;
  if (!own.inverted) return relation.apart;
  return wanted.inverted && relation.wantedInOwn;
}

interface OfPrefix {
  readonly prefix: Prefix;
}

function prefixes({ prefix: own }: OfPrefix, { prefix: wanted }: OfPrefix): Relation {
  const isIn = (inner: Prefix, outer: Prefix): boolean =>
    inner.length >= outer.length && contains(outer, inner.address);
  const ownInWanted = isIn(own, wanted);
  const wantedInOwn = isIn(wanted, own);
  return { ownInWanted, wantedInOwn, apart: !ownInWanted && !wantedInOwn };
}

/** `eth+` is every name that begins so. */
function links(own: string, wanted: string): Relation {
  const isIn = (inner: string, outer: string): boolean =>
    outer.endsWith("+") ? inner.replace(/\+$/, "").startsWith(outer.slice(0, -1)) : inner === outer;
  const ownInWanted = isIn(own, wanted);
  const wantedInOwn = isIn(wanted, own);
  return { ownInWanted, wantedInOwn, apart: !ownInWanted && !wantedInOwn };
}

const protocolNumbers: Readonly<Record<string, string>> = {
  all: "0",
  icmp: "1",
  tcp: "6",
  udp: "17",
  dccp: "33",
  esp: "50",
  ah: "51",
  "ipv6-icmp": "58",
  icmpv6: "58",
  sctp: "132",
  udplite: "136",
};

function numberOf(protocol: string): string | undefined {
  return /^\d+$/.test(protocol) ? protocol : protocolNumbers[protocol];
}

interface OfProtocol {
  readonly protocol: string;
}

function protocols({ protocol: own }: OfProtocol, { protocol: wanted }: OfProtocol): Relation {
  const [a, b] = [numberOf(own), numberOf(wanted)];
  const known = a !== undefined && b !== undefined;
  const isSameOne = own === wanted || (known && a === b);
  return {
    ownInWanted: isSameOne || b === "0",
    wantedInOwn: isSameOne || a === "0",
    apart: known && a !== b && a !== "0" && b !== "0",
  };
}

type PortMatch = Extract<Match, { readonly kind: "source-port" | "destination-port" }>;
type Multiport = Extract<Match, { readonly kind: "multiport" }>;

function isInRange(inner: PortRange, outer: PortRange): boolean {
  return inner.from >= outer.from && inner.to <= outer.to;
}

function areApart(a: PortRange, b: PortRange): boolean {
  return a.to < b.from || b.to < a.from;
}

function impliesPorts(own: Match, wanted: PortMatch): boolean {
  if (own.kind === wanted.kind && own.module === wanted.module)
    return impliesSet(own, wanted, {
      ownInWanted: isInRange(own.ports, wanted.ports),
      wantedInOwn: isInRange(wanted.ports, own.ports),
      apart: areApart(own.ports, wanted.ports),
    });
  if (own.kind !== "multiport" || own.inverted || own.side !== sideOf(wanted)) return false;
  return own.ports.every((ports) =>
    wanted.inverted ? areApart(ports, wanted.ports) : isInRange(ports, wanted.ports),
  );
}

function impliesMultiport(own: Match, wanted: Multiport): boolean {
  if (wanted.inverted || wanted.side === "either") return false;
  const among = (ports: PortRange): boolean => wanted.ports.some((one) => isInRange(ports, one));
  if (own.kind === "source-port" || own.kind === "destination-port")
    return !own.inverted && sideOf(own) === wanted.side && among(own.ports);
  return (
    own.kind === "multiport" && !own.inverted && own.side === wanted.side && own.ports.every(among)
  );
}

function sideOf({ kind }: PortMatch): "source" | "destination" {
  return kind === "source-port" ? "source" : "destination";
}

/** A connection has one of these; SNAT and DNAT come beside. */
const baseStates: readonly CtState[] = ["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"];

function states(own: readonly CtState[], wanted: readonly CtState[]): Relation {
  const onlyBase = [...own, ...wanted].every((state) => baseStates.includes(state));
  return {
    ownInWanted: own.every((state) => wanted.includes(state)),
    wantedInOwn: wanted.every((state) => own.includes(state)),
    apart: onlyBase && own.every((state) => !wanted.includes(state)),
  };
}
