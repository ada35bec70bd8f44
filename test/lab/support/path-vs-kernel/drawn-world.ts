/** Namespaces that are joined by links and bridges, as commands: small enough to be shrunk line by line. */
export interface DrawnWorld {
  /** `host` is the first; those from `seenPlaces` on are other machines, which docknet does not see. */
  readonly places: readonly string[];
  readonly seenPlaces: number;
  /** Shell lines with the place in which they run; `$NAME` is the process that holds a place. */
  readonly setup: readonly (readonly [place: string, line: string])[];
  readonly sockets: readonly WorldSocket[];
  readonly probes: readonly WorldProbe[];
  readonly features: readonly string[];
}

export interface WorldSocket {
  readonly place: string;
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
}

/** What a socket of one place sends to an address of another. */
export interface WorldProbe {
  readonly place: string;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly destination: string;
  readonly port: number;
  /** Length of the IP packet, for UDP. */
  readonly sizeBytes?: number;
}
