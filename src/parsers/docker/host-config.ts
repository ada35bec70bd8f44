import { z } from "zod";
import type { ContainerSettings, RequestedPort } from "../../model/docker/container-settings.ts";
import type { HostBinding } from "../../model/docker.ts";
import { parseAddress } from "../../model/ip.ts";
import { defined, filled } from "../support/defined.ts";
import { listOf, mapOf, optionalFlag, optionalText } from "../support/docker-fields.ts";
import { linksOf } from "./links.ts";

const binding = z.object({ HostIp: optionalText, HostPort: optionalText });

/** HostConfig of a container: what it was started with. */
export const hostConfig = z.object({
  Privileged: optionalFlag,
  CapAdd: listOf(z.string()),
  CapDrop: listOf(z.string()),
  Sysctls: mapOf(z.string()),
  Dns: listOf(z.string()),
  DnsOptions: listOf(z.string()),
  DnsSearch: listOf(z.string()),
  ExtraHosts: listOf(z.string()),
  Links: listOf(z.string()),
  PortBindings: mapOf(listOf(binding)),
  PublishAllPorts: optionalFlag,
});

type HostConfig = z.infer<typeof hostConfig>;

/** What of it decides about the network; undefined where that is nothing. */
export function settingsOf(config: HostConfig | null | undefined): ContainerSettings | undefined {
  if (config === null || config === undefined) return undefined;
  const sysctls = Object.entries(config.Sysctls).filter(([key]) => key.startsWith("net."));
  const settings: ContainerSettings = defined({
    privileged: config.Privileged === true ? true : undefined,
    addedCapabilities: filled(config.CapAdd.map(capability)),
    droppedCapabilities: filled(config.CapDrop.map(capability)),
    sysctls: sysctls.length === 0 ? undefined : Object.fromEntries(sysctls),
    dnsServers: filled(config.Dns.flatMap((text) => parseAddress(text) ?? [])),
    dnsOptions: filled(config.DnsOptions),
    dnsSearch: filled(config.DnsSearch),
    extraHosts: config.ExtraHosts.length === 0 ? undefined : config.ExtraHosts.length,
    links: filled(linksOf(config.Links)),
    requestedPorts: filled(requestedPorts(config)),
    publishesAllPorts: config.PublishAllPorts === true ? true : undefined,
  });
  return Object.keys(settings).length === 0 ? undefined : settings;
}

/** Engines before 20.10 print capabilities as they were typed: `net_admin`, `CAP_NET_ADMIN`. */
export function capability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, "");
}

/** The protocols that Docker publishes. */
export function protocolOf(name: string | undefined): HostBinding["protocol"] | undefined {
  return name === "tcp" || name === "udp" || name === "sctp" ? name : undefined;
}

function requestedPorts({ PortBindings }: HostConfig): readonly RequestedPort[] {
  return Object.entries(PortBindings).flatMap(([key, bindings]) => {
    const [, port, name = "tcp"] = /^(\d{1,5})(?:\/(\w+))?$/.exec(key) ?? [];
    const protocol = protocolOf(name);
    if (port === undefined || protocol === undefined) return [];
    return bindings.map(({ HostIp, HostPort }) => {
      const containerPort = Number(port);
      const address = parseAddress(HostIp ?? "");
      const hostPorts = portRange(HostPort);
      return defined({ containerPort, protocol, address, hostPorts });
    });
  });
}

/** `8080`, `8000-8010`, or nothing. */
function portRange(text: string | undefined): RequestedPort["hostPorts"] {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? "") ?? [];
  return first === undefined ? undefined : { first: Number(first), last: Number(last ?? first) };
}
