/** A named handle of a network namespace. Its identity is the inode; a path is only a handle. */
export interface Netns {
  /** Path of the file that holds it, such as /run/docker/netns/1-abc or /run/netns/blue. */
  readonly path: string;
  readonly name: string;
  /** Who made the handle: `ip netns` or Docker (its exec-root's netns directory). */
  readonly origin: "ip-netns" | "docker";
  /** `ip netns` id within this namespace, where one is assigned. */
  readonly netnsId?: number;
}
