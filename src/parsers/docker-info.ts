import { z } from "zod";
import type { RunningDaemon, SwarmInfo } from "../model/docker.ts";
import { parsePrefix } from "../model/ip.ts";
import { engineKindOf } from "./docker/engine-kind.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined, filled } from "./support/defined.ts";
import {
  hostAndPort,
  listOf,
  optionalAddress,
  optionalFlag,
  optionalText,
} from "./support/docker-fields.ts";
import { readJson } from "./support/json.ts";

const swarm = z.object({
  LocalNodeState: z.enum(["", "inactive", "pending", "active", "error", "locked"]),
  ControlAvailable: optionalFlag,
  NodeID: optionalText,
  NodeAddr: optionalAddress,
  Error: optionalText,
  RemoteManagers: listOf(z.object({ Addr: optionalText })),
  Cluster: z.object({ DataPathPort: z.number().nullish() }).nullish(),
});

const info = z.object({
  Name: z.string(),
  KernelVersion: optionalText,
  OperatingSystem: optionalText,
  IPv4Forwarding: optionalFlag,
  BridgeNfIptables: optionalFlag,
  FirewallBackend: z.object({ Driver: optionalText }).nullish(),
  SecurityOptions: listOf(z.string()),
  LiveRestoreEnabled: optionalFlag,
  DockerRootDir: optionalText,
  DefaultAddressPools: listOf(z.object({ Base: optionalText, Size: z.number() })),
  Warnings: listOf(z.string()),
  Swarm: swarm.nullish(),
});

type Versions = "state" | "version" | "major" | "minor" | "apiVersion";

/** `GET /info`: what is left of the daemon beside `GET /version`. */
export function parseDockerInfo(text: string): Parsed<Omit<RunningDaemon, Versions>> {
  const read = readJson(text, info);
  if (!read.ok) return read;
  const value = read.value;
  return parsed(
    defined({
      hostname: value.Name,
      ipv4Forwarding: value.IPv4Forwarding,
      bridgeNfIptables: value.BridgeNfIptables,
      firewallBackend: value.FirewallBackend?.Driver,
      kernel: value.KernelVersion,
      engine: engineKindOf({
        hostname: value.Name,
        operatingSystem: value.OperatingSystem,
        securityOptions: value.SecurityOptions,
        dockerRootDir: value.DockerRootDir,
      }),
      liveRestore: value.LiveRestoreEnabled ?? false,
      dockerRootDir: value.DockerRootDir,
      addressPools: filled(
        value.DefaultAddressPools.flatMap(({ Base, Size }) => {
          const base = parsePrefix(Base ?? "");
          return base === undefined ? [] : [{ base, size: Size }];
        }),
      ),
      warnings: value.Warnings,
      swarm: swarmOf(value.Swarm),
    }),
  );
}

function swarmOf(value: z.infer<typeof swarm> | null | undefined): SwarmInfo {
  if (value === null || value === undefined || value.LocalNodeState === "") {
    return { state: "inactive", isManager: false, remoteManagers: [] };
  }
  const port = value.Cluster?.DataPathPort ?? 0;
  return defined({
    state: value.LocalNodeState,
    isManager: value.ControlAvailable ?? false,
    nodeId: value.NodeID,
    nodeAddress: value.NodeAddr,
    error: value.Error,
    remoteManagers: value.RemoteManagers.flatMap(({ Addr }) => hostAndPort(Addr) ?? []),
    dataPathPort: port === 0 ? undefined : port,
  });
}
