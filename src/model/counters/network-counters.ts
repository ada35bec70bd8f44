/** Counters by group and name, in the kernel's words: Ip, Udp, TcpExt, Udp6 … Each kernel has its own set. */
export type CounterGroups = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What one CPU did with packets as they came in. Source: /proc/net/softnet_stat, of the whole machine. */
export interface SoftnetCpuCounters {
  readonly cpu: number;
  readonly processed: number;
  /** Packets dropped because the queue of the CPU (net.core.netdev_max_backlog) was full. */
  readonly dropped: number;
  /** How often work was left when the budget (net.core.netdev_budget) was used up. */
  readonly timeSqueezed: number;
  /** Packets that another CPU handed over (RPS). */
  readonly steered?: number;
  /** Packets dropped because one flow took too much of the queue. */
  readonly flowLimited?: number;
  /** Packets that wait now. */
  readonly queued?: number;
  /** Columns that newer kernels add, in their order. */
  readonly others: readonly number[];
}

/** Packets of one address family. Source: Ip of /proc/net/snmp (RFC 4293), Ip6 of /proc/net/snmp6. */
export interface IpCounters {
  readonly received: number;
  readonly delivered: number;
  readonly forwarded: number;
  readonly sent: number;
  /** Packets for which there was no route, coming in or going out. */
  readonly withoutRoute: number;
  readonly headerErrors: number;
  readonly addressErrors: number;
  /** Packets that were good and could not be kept, coming in or going out. */
  readonly discarded: number;
  readonly fragmentationFailed: number;
  readonly reassemblyFailed: number;
}

/** Source: Udp of /proc/net/snmp, Udp6 of /proc/net/snmp6. */
export interface UdpCounters {
  readonly received: number;
  readonly sent: number;
  /** Datagrams to a port on which nobody listened. */
  readonly withoutListener: number;
  /** All that could not be delivered for another reason, those below among them. */
  readonly receiveErrors: number;
  /** Dropped because the socket's receive buffer was full. */
  readonly receiveBufferFull: number;
  readonly sendBufferFull: number;
  readonly checksumErrors: number;
}

/** Source: TcpExt of /proc/net/netstat. */
export interface ListenCounters {
  /** Connections dropped because the queue of a listening socket was full. */
  readonly overflows: number;
  /** All connections that a listening socket dropped, those among them. */
  readonly drops: number;
}

/** Counters since boot, of the host's network namespace (those per CPU: of the machine). */
export interface NetworkCounters {
  readonly softnet: readonly SoftnetCpuCounters[];
  readonly ip: readonly (IpCounters & { readonly family: "ipv4" | "ipv6" })[];
  readonly udp: readonly (UdpCounters & { readonly family: "ipv4" | "ipv6" })[];
  readonly listening: ListenCounters;
  /** Packets that the reverse path filter dropped. Source: IPReversePathFilter of TcpExt. */
  readonly reversePathFiltered: number;
  /** Every counter, those above among them. */
  readonly groups: CounterGroups;
}

/** The counters that decide something, by docknet's names; one that a kernel does not keep counts as 0. */
export function networkCountersOf(
  groups: CounterGroups,
  softnet: readonly SoftnetCpuCounters[],
): NetworkCounters {
  const families = [
    { family: "ipv4", ip: groups["Ip"], udp: groups["Udp"] },
    { family: "ipv6", ip: groups["Ip6"], udp: groups["Udp6"] },
  ] as const;
  const extended = groups["TcpExt"] ?? {};
  return {
    softnet,
    ip: families.flatMap(({ family, ip }) => (ip === undefined ? [] : { family, ...ipOf(ip) })),
    udp: families.flatMap(({ family, udp }) =>
      udp === undefined ? [] : { family, ...udpOf(udp) },
    ),
    listening: {
      overflows: extended["ListenOverflows"] ?? 0,
      drops: extended["ListenDrops"] ?? 0,
    },
    reversePathFiltered: extended["IPReversePathFilter"] ?? 0,
    groups,
  };
}

type Named = Readonly<Record<string, number>>;

function ipOf(counters: Named): IpCounters {
  const sum = (...names: readonly string[]): number =>
    names.reduce((total, name) => total + (counters[name] ?? 0), 0);
  return {
    received: sum("InReceives"),
    delivered: sum("InDelivers"),
    // The kernel has the older name of RFC 1213 for IPv4.
    forwarded: sum("ForwDatagrams", "OutForwDatagrams"),
    sent: sum("OutRequests"),
    withoutRoute: sum("InNoRoutes", "OutNoRoutes"),
    headerErrors: sum("InHdrErrors"),
    addressErrors: sum("InAddrErrors"),
    discarded: sum("InDiscards", "OutDiscards"),
    fragmentationFailed: sum("FragFails"),
    reassemblyFailed: sum("ReasmFails"),
  };
}

function udpOf(counters: Named): UdpCounters {
  const count = (name: string): number => counters[name] ?? 0;
  return {
    received: count("InDatagrams"),
    sent: count("OutDatagrams"),
    withoutListener: count("NoPorts"),
    receiveErrors: count("InErrors"),
    receiveBufferFull: count("RcvbufErrors"),
    sendBufferFull: count("SndbufErrors"),
    checksumErrors: count("InCsumErrors"),
  };
}
