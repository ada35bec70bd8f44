import type { Address } from "./ip.ts";

/** A socket that accepts connections or datagrams. Source: `ss -lntuHp`, sock_diag. */
export interface ListeningSocket {
  readonly protocol: "tcp" | "udp";
  /** undefined = every address of both families (`*` in ss: an IPv6 wildcard without IPV6_V6ONLY). */
  readonly address?: Address;
  readonly port: number;
  /** SO_BINDTODEVICE, the `%link` that ss prints. */
  readonly boundLink?: string;
  /** Owners; empty when the kernel holds the socket itself (VXLAN) or the owners could not be seen. */
  readonly processes: readonly SocketProcess[];
}

export interface SocketProcess {
  readonly name: string;
  readonly pid: number;
}

/** What docker-proxy was started with: it accepts for a published port and connects to the container. */
export interface DockerProxyArguments {
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly hostAddress: Address;
  readonly hostPort: number;
  readonly containerAddress: Address;
  readonly containerPort: number;
  /** dockerd handed it the listening socket (`-use-listen-fd`, 28); from 29 on it always does, and there is no option. */
  readonly usesListenFd: boolean;
}

/** A docker-proxy that runs. Source: `ss -lntuHp`, /proc/PID/cmdline. */
export interface DockerProxy extends DockerProxyArguments {
  readonly pid: number;
}
