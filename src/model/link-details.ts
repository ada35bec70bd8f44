import type { PortState } from "./bridge.ts";
import type { Address } from "./ip.ts";

/** What is particular to the kind of a link. Source: IFLA_INFO_DATA, `ip -j -d link`. Kinds that are not listed have none. */
export type LinkDetails =
  | {
      readonly kind: "bridge";
      readonly stpEnabled: boolean;
      readonly vlanFiltering: boolean;
      /** PVID of new ports; absent on kernels without VLAN filtering. */
      readonly defaultPvid?: number;
    }
  | {
      readonly kind: "vxlan";
      /** Absent where each packet brings its own (`external`). */
      readonly vni?: number;
      /** Source address of the outer packets. */
      readonly local?: Address;
      /** Where unknown frames go: an address of one VTEP, or a multicast group. */
      readonly remote?: Address;
      /** The link that the outer packets take, where one is fixed. */
      readonly underlay?: string;
      /** Destination port of the outer packets. */
      readonly udpPort?: number;
      /** IFLA_VXLAN_COLLECT_METADATA: VNI and remote come with each packet. */
      readonly external: boolean;
      /** What is on, in the words of iproute2: learning, proxy, rsc, l2miss, l3miss, gbp, gpe … */
      readonly flags: readonly string[];
    }
  | {
      readonly kind: "macvlan" | "macvtap";
      /** bridge, private, vepa, passthru, source */
      readonly mode: string;
    }
  | {
      readonly kind: "ipvlan" | "ipvtap";
      /** l2, l3, l3s */
      readonly mode: string;
      /** bridge, private or vepa: whether the links of one parent reach each other. */
      readonly isolation?: string;
    }
  | {
      readonly kind: "vlan";
      readonly vlanId: number;
      /** 802.1Q or 802.1ad */
      readonly protocol?: string;
    }
  | {
      readonly kind: "bond";
      /** balance-rr, active-backup, 802.3ad … */
      readonly mode: string;
      readonly activePort?: string;
      /** How often the bond looks for a carrier, in milliseconds; 0 = never. */
      readonly miiMonitorMs?: number;
    }
  | { readonly kind: "vrf"; readonly routeTable: string };

/** A link as a port of its master. Source: IFLA_INFO_SLAVE_KIND, IFLA_INFO_SLAVE_DATA. */
export type MasterPort =
  | {
      readonly kind: "bridge";
      readonly portState: PortState;
      readonly hairpinMode: boolean;
      readonly isolated: boolean;
    }
  | {
      readonly kind: "bond";
      /** ACTIVE or BACKUP, in lower case. */
      readonly state?: string;
      /** What the bond's link monitor says: up, down, going_down, going_back, in lower case. */
      readonly miiStatus?: string;
    }
  /** team, vrf and whatever else has ports. */
  | { readonly kind: "other"; readonly masterKind: string };

/** Counters of one direction, since the link was made. Source: IFLA_STATS64, `ip -s link`. */
export interface TrafficCounters {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
}

export interface LinkStatistics {
  readonly received: TrafficCounters;
  readonly sent: TrafficCounters;
}

/** Counters of one link by its name. Source: /proc/net/dev. */
export interface LinkCounters extends LinkStatistics {
  readonly ifname: string;
}
