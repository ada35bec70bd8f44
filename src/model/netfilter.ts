import type { Address, Family, Prefix } from "./ip.ts";
import type { HostQuery } from "./query.ts";

/** Which kernel interface holds a ruleset: ip_tables (legacy) or nf_tables. */
export type Backend = "legacy" | "nf_tables";
export type Hook = "prerouting" | "input" | "forward" | "output" | "postrouting";
export type IptablesTable = "raw" | "mangle" | "nat" | "filter" | "security";
export type Policy = "ACCEPT" | "DROP";

/** All tables of one family in one backend. Source: `iptables-save -c` and its kin. */
export interface Ruleset {
  readonly family: Family;
  readonly backend: Backend;
  readonly tables: readonly Table[];
  /** The question whose answer this is; a line number of a rule counts in that answer. */
  readonly source: HostQuery;
}

export interface Table {
  readonly name: IptablesTable;
  readonly chains: readonly Chain[];
  /** The kernel holds rules here that iptables cannot print (`# Table 'x' is incompatible`): what follows is not the truth. */
  readonly incompatible?: boolean;
}

export interface Chain {
  readonly name: string;
  /** Default verdict; built-in chains only. */
  readonly policy?: Policy;
  readonly counters?: Counters;
  readonly rules: readonly IptablesRule[];
}

export interface Counters {
  readonly packets: number;
  readonly bytes: number;
}

/** One `-A` line. */
export interface IptablesRule {
  readonly chain: string;
  /** The rule as iptables-save prints it, without counters: `-A FORWARD -j DOCKER-USER`. */
  readonly text: string;
  /** Line in the dump, from 1. */
  readonly line: number;
  readonly counters?: Counters;
  readonly matches: readonly Match[];
  readonly target: Target;
}

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Conntrack state names of `--ctstate`. */
export type CtState = "NEW" | "ESTABLISHED" | "RELATED" | "INVALID" | "UNTRACKED" | "SNAT" | "DNAT";
export type CtStatus = "NONE" | "EXPECTED" | "SEEN_REPLY" | "ASSURED" | "CONFIRMED";

/** A condition of a rule. `inverted` is the `!` before it. */
export type Match = MatchKind & {
  /** The module was named again (`-m tcp … -m tcp …`), though the condition before is of the same one. */
  readonly again?: true;
};

type MatchKind =
  | { readonly kind: "source" | "destination"; readonly inverted: boolean; readonly prefix: Prefix }
  /** An address with a mask that is no prefix (`-s 10.0.0.1/255.0.255.0`). */
  | {
      readonly kind: "source-mask" | "destination-mask";
      readonly inverted: boolean;
      readonly address: Address;
      readonly mask: Address;
    }
  /** `name` may end in `+`: any link whose name begins so. */
  | {
      readonly kind: "in-interface" | "out-interface";
      readonly inverted: boolean;
      readonly name: string;
    }
  /** Protocol in the words of iptables: tcp, udp, icmp, ipv6-icmp, esp, all, or a number as text. */
  | { readonly kind: "protocol"; readonly inverted: boolean; readonly protocol: string }
  /** `-f`: second and further fragments. */
  | { readonly kind: "fragment"; readonly inverted: boolean }
  /** `--sport` and `--dport` of -m tcp, udp, sctp, dccp, udplite. `-m tcp` alone is any destination port. */
  | {
      readonly kind: "source-port" | "destination-port";
      readonly inverted: boolean;
      readonly module: string;
      readonly ports: PortRange;
    }
  | {
      readonly kind: "multiport";
      readonly inverted: boolean;
      readonly side: "source" | "destination" | "either";
      readonly ports: readonly PortRange[];
    }
  | {
      readonly kind: "tcp-flags";
      readonly inverted: boolean;
      readonly mask: readonly string[];
      readonly set: readonly string[];
    }
  | { readonly kind: "icmp-type"; readonly inverted: boolean; readonly icmpType: string }
  /** `-m conntrack --ctstate` and `-m state --state`. */
  | {
      readonly kind: "ct-state";
      readonly inverted: boolean;
      readonly module: "conntrack" | "state";
      readonly states: readonly CtState[];
    }
  | {
      readonly kind: "ct-status";
      readonly inverted: boolean;
      readonly statuses: readonly CtStatus[];
    }
  | {
      readonly kind: "ct-direction";
      readonly inverted: boolean;
      readonly direction: "ORIGINAL" | "REPLY";
    }
  | { readonly kind: "ct-protocol"; readonly inverted: boolean; readonly protocol: string }
  /** `--ctorigsrc`, `--ctorigdst`, `--ctreplsrc`, `--ctrepldst`. */
  | {
      readonly kind: "ct-address";
      readonly inverted: boolean;
      readonly tuple: "original" | "reply";
      readonly side: "source" | "destination";
      readonly prefix: Prefix;
      /** As it was given, where it has bits outside the prefix, which the kernel does not look at. */
      readonly address?: Address;
    }
  /** `--ctorigsrcport`, `--ctorigdstport`, `--ctreplsrcport`, `--ctrepldstport`. */
  | {
      readonly kind: "ct-port";
      readonly inverted: boolean;
      readonly tuple: "original" | "reply";
      readonly side: "source" | "destination";
      readonly ports: PortRange;
    }
  | {
      readonly kind: "address-type";
      readonly inverted: boolean;
      readonly side: "source" | "destination";
      readonly types: readonly string[];
      readonly limitInterface?: "in" | "out";
    }
  | {
      readonly kind: "mark" | "connmark";
      readonly inverted: boolean;
      readonly value: number;
      readonly mask: number;
    }
  | {
      readonly kind: "set";
      readonly inverted: boolean;
      readonly setName: string;
      readonly directions: readonly string[];
    }
  | {
      readonly kind: "ip-range";
      readonly inverted: boolean;
      readonly side: "source" | "destination";
      readonly from: Address;
      readonly to: Address;
    }
  /** `-m u32 --u32 "…"`; Docker marks encrypted overlays by the VNI with it. */
  | { readonly kind: "u32"; readonly inverted: boolean; readonly expression: string }
  /** `-m policy --dir in|out --pol ipsec|none` without further options. */
  | { readonly kind: "policy"; readonly direction: "in" | "out"; readonly policy: "ipsec" | "none" }
  /** `-m limit`: matches while a bucket of `burst` packets (5 where it is not printed) that fills at this rate is not empty. */
  | {
      readonly kind: "limit";
      readonly packets: number;
      readonly per: "sec" | "min" | "hour" | "day";
      readonly burst?: number;
    }
  /** `-m hl` of IPv6 and `-m ttl` of IPv4. */
  | {
      readonly kind: "hop-limit";
      readonly inverted: boolean;
      readonly module: "hl" | "ttl";
      readonly comparison: "eq" | "lt" | "gt";
      readonly value: number;
    }
  /** `-m rt --rt-type`: the packet has an IPv6 routing header of this type. */
  | { readonly kind: "routing-header"; readonly inverted: boolean; readonly type: number }
  | { readonly kind: "comment"; readonly text: string }
  /** What docknet cannot judge: a packet that meets it is unsure. Without `extension` nothing but its text is known. */
  | { readonly kind: "unrecognised"; readonly text: string; readonly extension?: Extension };

/** A module of iptables with its options, word by word. */
export interface Extension {
  readonly name: string;
  readonly options: readonly ExtensionOption[];
}

export interface ExtensionOption {
  /** Without its dashes. */
  readonly name: string;
  readonly inverted: boolean;
  readonly values: readonly string[];
}

/** `192.0.2.1`, `192.0.2.1-192.0.2.9`, with or without ports. */
export interface NatRange {
  readonly from?: Address;
  readonly to?: Address;
  readonly ports?: PortRange;
}

/** What a rule does with a packet that matches. */
export type Target =
  /** No `-j`: the rule only counts. */
  | { readonly kind: "none" }
  | { readonly kind: "verdict"; readonly verdict: "ACCEPT" | "DROP" | "RETURN" | "QUEUE" }
  | { readonly kind: "jump" | "goto"; readonly chain: string }
  | { readonly kind: "reject"; readonly rejectWith?: string }
  | { readonly kind: "dnat"; readonly range: NatRange; readonly options: readonly string[] }
  | { readonly kind: "snat"; readonly range: NatRange; readonly options: readonly string[] }
  | { readonly kind: "masquerade"; readonly ports?: PortRange; readonly options: readonly string[] }
  | { readonly kind: "redirect"; readonly ports?: PortRange; readonly options: readonly string[] }
  /** `-j MARK --set-xmark value/mask`: mark = (mark & ~mask) ^ value. */
  | { readonly kind: "set-mark"; readonly value: number; readonly mask: number }
  /** `-j CT --notrack`; NOTRACK is the older name of it. */
  | { readonly kind: "notrack"; readonly name?: "NOTRACK" }
  /** Targets after which the next rule is tried and which change nothing that the walk looks at: LOG, NFLOG, TCPMSS, CHECKSUM … */
  | {
      readonly kind: "continue";
      readonly name: string;
      readonly text: string;
      readonly extension?: Extension;
    }
  /** A target that docknet cannot judge: a packet that meets it is unsure. Without `extension` nothing but its text is known. */
  | {
      readonly kind: "unrecognised";
      readonly name: string;
      readonly text: string;
      readonly extension?: Extension;
    };

export function tableOf(ruleset: Ruleset, name: IptablesTable): Table | undefined {
  return ruleset.tables.find((table) => table.name === name);
}

export function chainOf(ruleset: Ruleset, table: IptablesTable, chain: string): Chain | undefined {
  return tableOf(ruleset, table)?.chains.find((candidate) => candidate.name === chain);
}
