import { type Prefix, prefixText } from "../../model/ip.ts";
import type { Match, PortRange } from "../../model/netfilter.ts";
import { printExtension, saved } from "./extension.ts";
import { hex, ports } from "./print-numbers.ts";

/** The module whose options stand together behind one `-m`; empty for what iptables matches itself. */
export function moduleOf(match: Match, matches: readonly Match[]): string {
  switch (match.kind) {
    case "source-port":
    case "destination-port":
      return match.module;
    case "tcp-flags":
      return "tcp";
    case "ct-state":
      return match.module;
    case "ct-status":
    case "ct-direction":
    case "ct-protocol":
    case "ct-address":
    case "ct-port":
      return "conntrack";
    case "address-type":
      return "addrtype";
    case "ip-range":
      return "iprange";
    case "icmp-type":
      return matches.some((other) => other.kind === "protocol" && other.protocol === "ipv6-icmp")
        ? "icmp6"
        : "icmp";
    case "multiport":
    case "mark":
    case "connmark":
    case "set":
    case "u32":
    case "policy":
    case "limit":
    case "comment":
      return match.kind;
    case "hop-limit":
      return match.module;
    case "routing-header":
      return "rt";
    case "unrecognised":
      return match.extension?.name ?? "";
    default:
      return "";
  }
}

/** One match in the words of iptables-save, without the `-m` before it. */
export function printMatch(match: Match, matches: readonly Match[]): string {
  const text = printOption(match, matches);
  return "inverted" in match && match.inverted ? `! ${text}` : text;
}

function printOption(match: Match, matches: readonly Match[]): string {
  switch (match.kind) {
    case "source":
      return `-s ${prefixText(match.prefix)}`;
    case "destination":
      return `-d ${prefixText(match.prefix)}`;
    case "source-mask":
      return `-s ${match.address}/${match.mask}`;
    case "destination-mask":
      return `-d ${match.address}/${match.mask}`;
    case "in-interface":
      return `-i ${match.name}`;
    case "out-interface":
      return `-o ${match.name}`;
    case "protocol":
      return `-p ${match.protocol}`;
    case "fragment":
      return "-f";
    case "source-port":
      return `--sport ${ports(match.ports, ":")}`;
    case "destination-port":
      if (isAnyPort(match)) return "";
      return `--dport ${ports(match.ports, ":")}`;
    case "tcp-flags":
      return `--tcp-flags ${match.mask.join(",") || "NONE"} ${match.set.join(",") || "NONE"}`;
    case "icmp-type":
      return `--${moduleOf(match, matches) === "icmp6" ? "icmpv6" : "icmp"}-type ${match.icmpType}`;
    case "multiport":
      return `${MULTIPORT_OPTIONS[match.side]} ${match.ports.map((range) => ports(range, ":")).join(",")}`;
    case "mark":
    case "connmark":
      return `--mark ${hex(match.value)}${match.mask === ALL_BITS ? "" : `/${hex(match.mask)}`}`;
    case "set":
      return `--match-set ${match.setName} ${match.directions.join(",")}`;
    case "ip-range":
      return `${match.side === "source" ? "--src" : "--dst"}-range ${match.from}-${match.to}`;
    case "address-type": {
      const limit = match.limitInterface ? ` --limit-iface-${match.limitInterface}` : "";
      return `${match.side === "source" ? "--src" : "--dst"}-type ${match.types.join(",")}${limit}`;
    }
    case "u32":
      return `--u32 "${match.expression}"`;
    case "policy":
      return `--dir ${match.direction} --pol ${match.policy}`;
    case "limit": {
      const burst = match.burst === undefined ? "" : ` --limit-burst ${match.burst}`;
      return `--limit ${match.packets}/${match.per}${burst}`;
    }
    case "hop-limit":
      return `--${match.module}-${match.comparison} ${match.value}`;
    case "routing-header":
      return `--rt-type ${match.type}`;
    case "comment":
      return `--comment ${saved(match.text)}`;
    case "unrecognised": {
      const { extension, text } = match;
      return extension === undefined ? text : printExtension(extension, "match").join(" ");
    }
    default:
      return printConntrack(match);
  }
}

type ConntrackMatch = Extract<Match, { readonly kind: `ct-${string}` }>;

function printConntrack(match: ConntrackMatch): string {
  switch (match.kind) {
    case "ct-state":
      return `--${match.module === "state" ? "" : "ct"}state ${match.states.join(",")}`;
    case "ct-status":
      return `--ctstatus ${match.statuses.join(",")}`;
    case "ct-direction":
      return `--ctdir ${match.direction}`;
    case "ct-protocol":
      return `--ctproto ${PROTOCOL_NUMBERS[match.protocol] ?? match.protocol}`;
    case "ct-address":
      return `${tupleOption(match)} ${shortPrefix(withAddress(match))}`;
    case "ct-port":
      return `${tupleOption(match)}port ${ports(match.ports, ":")}`;
  }
}

const ALL_BITS = 0xffffffff;
const MULTIPORT_OPTIONS = {
  source: "--sports",
  destination: "--dports",
  either: "--ports",
} as const;
const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, sctp: 132 };

function tupleOption({ tuple, side }: { readonly tuple: string; readonly side: string }): string {
  return `--ct${tuple === "original" ? "orig" : "repl"}${side === "source" ? "src" : "dst"}`;
}

/** What a module of ports says without options. */
function isAnyPort({ inverted, ports: { from, to } }: PortMatch): boolean {
  return !inverted && from === 0 && to === 65535;
}

interface PortMatch {
  readonly inverted: boolean;
  readonly ports: PortRange;
}

function withAddress(match: Extract<Match, { readonly kind: "ct-address" }>): Prefix {
  return match.address === undefined ? match.prefix : { ...match.prefix, address: match.address };
}

function shortPrefix(prefix: Prefix): string {
  return prefix.length === (prefix.family === "ipv4" ? 32 : 128)
    ? prefix.address
    : prefixText(prefix);
}
