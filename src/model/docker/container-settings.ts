import type { ContainerLink, HostBinding } from "../docker.ts";
import type { Address } from "../ip.ts";

/** What a container was started with, as far as it decides about the network. Each key is absent where nothing was asked for. */
export interface ContainerSettings {
  /** HostConfig.Privileged: every capability. */
  readonly privileged?: true;
  /** HostConfig.CapAdd and CapDrop, without the prefix `CAP_`: `NET_ADMIN`, `ALL`. */
  readonly addedCapabilities?: readonly string[];
  readonly droppedCapabilities?: readonly string[];
  /** HostConfig.Sysctls, those of the network only. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** HostConfig.Dns, DnsOptions, DnsSearch: they take the place of what the host's resolv.conf says. */
  readonly dnsServers?: readonly Address[];
  readonly dnsOptions?: readonly string[];
  readonly dnsSearch?: readonly string[];
  /** How many HostConfig.ExtraHosts there are. */
  readonly extraHosts?: number;
  /** HostConfig.Links: names in /etc/hosts, on the default bridge. */
  readonly links?: readonly ContainerLink[];
  /** HostConfig.PortBindings: what was asked for, whether or not it could be had. Nothing of it holds in network mode host. */
  readonly requestedPorts?: readonly RequestedPort[];
  /** HostConfig.PublishAllPorts. */
  readonly publishesAllPorts?: true;
}

/** A port as `-p` asked for it. */
export interface RequestedPort {
  readonly containerPort: number;
  readonly protocol: HostBinding["protocol"];
  /** Absent = every address of the host. */
  readonly address?: Address;
  /** First and last port of the host that will do; absent = any free one. */
  readonly hostPorts?: { readonly first: number; readonly last: number };
}
