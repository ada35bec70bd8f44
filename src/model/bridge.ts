import type { Address } from "./ip.ts";

/** State of a bridge port. Source: IFLA_BRPORT_STATE. */
export type PortState = "disabled" | "listening" | "learning" | "forwarding" | "blocking";

/** A link enslaved to a bridge. Source: `bridge -j -d link`. */
export interface BridgePort {
  readonly ifname: string;
  readonly bridge: string;
  readonly portState: PortState;
  readonly adminUp: boolean;
  readonly carrier: boolean;
  readonly mtuBytes: number;
  readonly hairpinMode: boolean;
  /** Isolated ports do not forward to each other. */
  readonly isolated: boolean;
}

/** A bridge as `brctl show` prints it: what a person sees on the host. */
export interface BrctlBridge {
  readonly bridge: string;
  /** Bridge id, such as 8000.0242ac110001. */
  readonly bridgeId: string;
  readonly stpEnabled: boolean;
  readonly ports: readonly string[];
}

/** An entry of a forwarding database: behind which port or VTEP a MAC address is. Source: `bridge -j fdb`, RTM_NEWNEIGH of AF_BRIDGE. */
export interface FdbEntry {
  /** In lower case; zeros on a VXLAN link are the entry for unknown frames. */
  readonly mac: string;
  readonly ifname: string;
  /** The bridge whose database holds it; absent for the link's own (`self`). */
  readonly bridge?: string;
  /** Address of the remote VTEP. */
  readonly vtep?: Address;
  /** Namespace of the link that leads to the VTEP, as numbered in this one. */
  readonly vtepNetnsId?: number;
  /** Destination port of the outer packets, where it differs from the link's. */
  readonly udpPort?: number;
  readonly vni?: number;
  /** VNI of the packets that the entry is for, on a link that has several. */
  readonly sourceVni?: number;
  /** Link that the outer packets take. */
  readonly underlay?: string;
  readonly vlanId?: number;
  /** Group of next hops instead of one VTEP. */
  readonly nextHopId?: number;
  /** NUD state: permanent, static (of a person), stale; dynamic = learned from a frame. */
  readonly entryState: "permanent" | "static" | "stale" | "dynamic" | "other";
  /** self, router, extern_learn, offload, sticky … in the words of iproute2. */
  readonly flags: readonly string[];
}

/** VLANs that a bridge port, or the bridge itself, takes part in. Source: `bridge -j vlan`. */
export interface VlanMembership {
  readonly ifname: string;
  readonly vlanId: number;
  /** Last of a range of VLANs with the same flags. */
  readonly lastVlanId?: number;
  /** Frames without a tag that come in belong to it. */
  readonly pvid: boolean;
  /** Its frames go out without a tag. */
  readonly egressUntagged: boolean;
}
