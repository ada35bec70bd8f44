/** What a resolv.conf says. Source: resolv.conf(5). */
export interface ResolverConfig {
  /** In the order in which they are asked; an IPv6 address may have a `%link` behind it. */
  readonly nameservers: readonly string[];
  /** Domains of the last `search` or `domain` line: each takes the place of those before. */
  readonly search: readonly string[];
  /** Of all `options` lines: ndots:5, timeout:2, rotate … */
  readonly options: readonly string[];
  readonly sortList: readonly string[];
  /** What Docker's comments in a container's file say. */
  readonly docker?: DockerResolver;
}

/** Comments that dockerd (26 and newer) leaves at the end of a container's resolv.conf. */
export interface DockerResolver {
  /** Servers that the embedded DNS asks in its turn. */
  readonly externalServers: readonly ExternalServer[];
  /** The host's file that this one was made from. */
  readonly basedOn?: string;
  /** `internal resolver` (embedded DNS) or `legacy`, as Docker says it. */
  readonly resolverMode?: string;
  /** Settings of the container that replaced the host's: nameservers, search, options. */
  readonly overrides: readonly string[];
}

export interface ExternalServer {
  readonly address: string;
  /** Asked from the host's network namespace, not from the container's. */
  readonly fromHost: boolean;
}
