/** A router with neighbours, as commands: small enough to be shrunk line by line. */
export interface DrawnHost {
  readonly links: readonly DrawnLink[];
  /** Ends of links at the neighbours that are taken down: the router's have no carrier. */
  readonly downPeers?: readonly string[];
  /** `name value` pairs below /proc/sys, set when the links are there. */
  readonly sysctls: readonly string[];
  /** Lines for `ip -batch`, and for `ip -6 -batch`. */
  readonly ip: readonly string[];
  readonly ip6: readonly string[];
  readonly rulesets: readonly DrawnRuleset[];
  /** Lines for `nft -f`. */
  readonly nft: readonly string[];
  /** Lines for `ipset restore`. */
  readonly ipset: readonly string[];
  readonly sockets: readonly DrawnSocket[];
  readonly probes: readonly DrawnProbe[];
  readonly features: readonly string[];
}

/** A link of the router and its other end at the neighbours; with a master it is a port of that bridge. */
export interface DrawnLink {
  readonly name: string;
  readonly peer: string;
  readonly mac: string;
  readonly master?: string;
}

export interface DrawnRuleset {
  readonly backend: "nft" | "legacy";
  readonly family: "ipv4" | "ipv6";
  /** Lines of each table between `*table` and `COMMIT`. */
  readonly tables: readonly { readonly name: string; readonly lines: readonly string[] }[];
}

export interface DrawnSocket {
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
}

/** The first packet of a connection. */
export interface DrawnProbe {
  /** Link of the router that it comes in on, which for a bridge is the bridge; lo for a packet of the router itself. */
  readonly entry: string;
  /** The neighbour's link that it is sent on; absent where a socket of the router sends it. */
  readonly peer?: string;
  readonly packet: import("./frames.ts").SentPacket;
}

export function programOf({ backend, family }: Pick<DrawnRuleset, "backend" | "family">): string {
  return `${family === "ipv6" ? "ip6" : "ip"}tables-${backend}`;
}

export function dumpOf({ tables }: DrawnRuleset): string {
  return tables.map(({ name, lines }) => [`*${name}`, ...lines, "COMMIT\n"].join("\n")).join("");
}
