/**
 * Statements and expressions of nftables rules. Names are those of libnftables-json(5); a piece that is not exactly one of these is
 * kept verbatim as `unrecognised`, at its place.
 */
export interface NftUnrecognised {
  readonly kind: "unrecognised";
  /** The piece as JSON. */
  readonly text: string;
}

/** A constant (address, port, link name, state, …), or a term. */
export type NftExpression = string | number | boolean | NftTerm;

export type NftTerm =
  /** `@name`. */
  | { readonly kind: "set-reference"; readonly name: string }
  /** `*`: what no other element holds. */
  | { readonly kind: "any" }
  /** Several flags at once: `established,related`. */
  | { readonly kind: "list"; readonly items: readonly NftExpression[] }
  | NftCompound
  | NftUnrecognised;

/** A term that is an object in JSON. */
export type NftCompound =
  | NftVerdict
  | NftPacketField
  | { readonly kind: "concat"; readonly items: readonly NftExpression[] }
  /** An anonymous set. */
  | { readonly kind: "set"; readonly elements: readonly NftExpression[] }
  | { readonly kind: "map"; readonly key: NftExpression; readonly data: NftMapData }
  | { readonly kind: "prefix"; readonly address: NftExpression; readonly length: number }
  | { readonly kind: "range"; readonly from: NftExpression; readonly to: NftExpression }
  | { readonly kind: "and"; readonly operands: readonly NftExpression[] }
  | { readonly kind: "or"; readonly operands: readonly NftExpression[] }
  | { readonly kind: "xor"; readonly operands: readonly NftExpression[] }
  | { readonly kind: "shift-left"; readonly operands: readonly NftExpression[] }
  | { readonly kind: "shift-right"; readonly operands: readonly NftExpression[] }
  /** An element with more than its value; times in seconds. */
  | {
      readonly kind: "element";
      readonly value: NftExpression;
      readonly timeoutSeconds?: number;
      readonly expiresSeconds?: number;
      readonly comment?: string;
      readonly counter?: NftCounter;
      readonly quota?: NftQuota;
      readonly limit?: NftLimit;
      readonly ctCount?: NftCtCount;
    };

/** What is read from the packet, its connection, its socket or the routing tables. */
export type NftPacketField =
  | {
      readonly kind: "payload";
      readonly protocol: string;
      readonly field: string;
      /** The header is inside this tunnel. */
      readonly tunnel?: string;
    }
  /** Bits from the start of a header: ll, nh, th or ih. */
  | {
      readonly kind: "raw-payload";
      readonly base: string;
      readonly offset: number;
      readonly length: number;
    }
  | { readonly kind: "meta"; readonly key: string }
  | {
      readonly kind: "ct";
      readonly key: string;
      readonly family?: string;
      readonly direction?: string;
    }
  | { readonly kind: "rt"; readonly key: string; readonly family?: string }
  | { readonly kind: "fib"; readonly result: string; readonly flags: readonly string[] }
  | { readonly kind: "socket"; readonly key: string; readonly level?: number }
  | { readonly kind: "osf"; readonly key: string; readonly ttl?: string }
  | {
      readonly kind: "ipsec";
      readonly key: string;
      readonly family?: string;
      readonly direction: string;
      readonly spnum?: number;
    }
  | {
      readonly kind: "extension-header";
      readonly name: string;
      readonly field?: string;
      readonly offset?: number;
    }
  | { readonly kind: "tcp-option"; readonly name: string; readonly field?: string }
  | {
      readonly kind: "raw-tcp-option";
      readonly base: number;
      readonly offset: number;
      readonly length: number;
    }
  | { readonly kind: "ip-option"; readonly name: string; readonly field?: string }
  | { readonly kind: "sctp-chunk"; readonly name: string; readonly field?: string }
  | { readonly kind: "dccp-option"; readonly optionType: number }
  | {
      readonly kind: "numgen";
      readonly mode: string;
      readonly modulus: number;
      readonly offset?: number;
    }
  | {
      readonly kind: "jhash";
      readonly modulus: number;
      readonly offset?: number;
      readonly seed?: number;
      readonly expression: NftExpression;
    }
  | { readonly kind: "symhash"; readonly modulus: number; readonly offset?: number };

/** What a map looks its key up in. */
export type NftMapData =
  | { readonly kind: "set-reference"; readonly name: string }
  | { readonly kind: "pairs"; readonly pairs: readonly NftPair[] };

export interface NftPair {
  readonly key: NftExpression;
  readonly value: NftExpression;
}

export type NftVerdict =
  | { readonly kind: "accept" }
  | { readonly kind: "drop" }
  | { readonly kind: "continue" }
  | { readonly kind: "return" }
  | { readonly kind: "jump"; readonly chain: string }
  | { readonly kind: "goto"; readonly chain: string };

export interface NftCounter {
  readonly packets?: number;
  readonly bytes?: number;
}

export interface NftQuota {
  readonly amount: number;
  readonly unit?: string;
  readonly used?: number;
  readonly usedUnit?: string;
  /** True: matches once the quota is exceeded. */
  readonly over?: boolean;
}

export interface NftLimit {
  readonly rate: number;
  readonly rateUnit?: string;
  readonly per?: string;
  readonly burst?: number;
  readonly burstUnit?: string;
  /** True: matches what exceeds the rate. */
  readonly over?: boolean;
}

export interface NftCtCount {
  readonly connections: number;
  /** True: matches more connections than that. */
  readonly over?: boolean;
}

/** Address and port translation; each part may be an expression. */
export interface NftNat {
  readonly family?: string;
  readonly address?: NftExpression;
  readonly port?: NftExpression;
  readonly flags?: readonly string[];
  /** prefix: the address is one, and host bits stay. */
  readonly typeFlags?: readonly string[];
}

export type NftStatement = NftKnownStatement | NftUnrecognised;

export type NftKnownStatement =
  | NftVerdict
  | NftAction
  | {
      readonly kind: "match";
      readonly operator: string;
      readonly left: NftExpression;
      readonly right: NftExpression;
    }
  | { readonly kind: "vmap"; readonly key: NftExpression; readonly data: NftMapData }
  | (NftCounter & { readonly kind: "counter" })
  /** A named counter, or the map that tells which. */
  | { readonly kind: "named-counter"; readonly name: NftExpression }
  | (NftQuota & { readonly kind: "quota" })
  | { readonly kind: "named-quota"; readonly name: NftExpression }
  | (NftLimit & { readonly kind: "limit" })
  | { readonly kind: "named-limit"; readonly name: NftExpression }
  | (NftCtCount & { readonly kind: "ct-count" })
  /** When a packet came last. */
  | { readonly kind: "last"; readonly usedMs?: number }
  | {
      readonly kind: "meter";
      readonly name: string;
      readonly key: NftExpression;
      readonly statement: NftStatement;
      readonly size?: number;
    }
  /** `add @set { … }`, `update`, `delete`. */
  | {
      readonly kind: "set";
      readonly operation: string;
      readonly element: NftExpression;
      readonly set: string;
      readonly statements?: readonly NftStatement[];
    }
  | {
      readonly kind: "map";
      readonly operation: string;
      readonly element: NftExpression;
      readonly value: NftExpression;
      readonly map: string;
      readonly statements?: readonly NftStatement[];
    }
  /** A match or target of xtables without a native form. Its options are not in the JSON of nft, in old versions not even its name. */
  | { readonly kind: "xt"; readonly extension?: string; readonly name?: string };

/** Statements that change the packet or its connection, send it elsewhere or tell of it. */
export type NftAction =
  | (NftNat & { readonly kind: "snat" })
  | (NftNat & { readonly kind: "dnat" })
  | (NftNat & { readonly kind: "masquerade" })
  | (NftNat & { readonly kind: "redirect" })
  | { readonly kind: "reject"; readonly rejectType?: string; readonly code?: NftExpression }
  /** Sets a field of the packet, its metadata or its connection: `meta mark set 1`. */
  | { readonly kind: "mangle"; readonly key: NftExpression; readonly value: NftExpression }
  | { readonly kind: "reset"; readonly option: NftExpression }
  | {
      readonly kind: "log";
      readonly prefix?: string;
      readonly group?: number;
      readonly snaplen?: number;
      readonly queueThreshold?: number;
      readonly level?: string;
      readonly flags?: readonly string[];
    }
  | { readonly kind: "notrack" }
  | {
      readonly kind: "queue";
      readonly number?: NftExpression;
      readonly flags?: readonly string[];
    }
  | {
      readonly kind: "fwd";
      readonly device?: NftExpression;
      readonly family?: string;
      readonly address?: NftExpression;
    }
  | {
      readonly kind: "dup";
      readonly address?: NftExpression;
      readonly device?: NftExpression;
    }
  | { readonly kind: "flow"; readonly operation: string; readonly flowtable: string }
  | {
      readonly kind: "tproxy";
      readonly family?: string;
      readonly address?: NftExpression;
      readonly port?: NftExpression;
    }
  | {
      readonly kind: "synproxy";
      readonly mss?: number;
      readonly windowScale?: number;
      readonly flags?: readonly string[];
    }
  | { readonly kind: "named-synproxy"; readonly name: NftExpression }
  | { readonly kind: "ct-helper"; readonly name: NftExpression }
  | { readonly kind: "ct-timeout"; readonly name: NftExpression }
  | { readonly kind: "ct-expectation"; readonly name: NftExpression };
