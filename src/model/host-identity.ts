/** Who the host is. Source: /proc/sys/kernel/{hostname,osrelease}, os-release(5). */
export interface HostIdentity {
  readonly hostname: string;
  readonly kernel: string;
  /** PRETTY_NAME of os-release, such as `Debian GNU/Linux 12 (bookworm)`. */
  readonly distribution?: string;
}

/** Memory of the host in bytes. Source: systeminformation mem(). */
export interface MemoryUse {
  readonly totalBytes: number;
  readonly availableBytes: number;
}
