import type { Readings } from "../model/finding.ts";
import type { IntentKind, IntentOutcome } from "../model/intent.ts";
import type { ConntrackDrops, NetnsRole } from "../model/reading/measured.ts";
import { type Point, type Series, series, single } from "./series.ts";

/** Lists and sums of the last run: address pools, paths, published ports, kernel tables. */
export function measuredSeries(readings: Readings): readonly Series[] {
  const { addressPools, conntrack, neighbourTables } = readings;
  return [
    single("docknet_conntrack_entries", conntrack?.entries),
    single("docknet_conntrack_entries_limit", conntrack?.limit),
    series("docknet_conntrack_drops_total", dropPoints(conntrack?.drops)),
    series("docknet_neighbour_table_entries", byFamily(neighbourTables, "entries")),
    series("docknet_neighbour_table_limit", byFamily(neighbourTables, "limit")),
    single("docknet_reverse_path_filtered_packets_total", readings.reversePathFiltered),
    series("docknet_netns", netnsPoints(readings.netns)),
    series(
      "docknet_network_address_pool_size",
      (addressPools ?? []).map(({ network, family, size }) => ({
        labels: { network, family },
        value: size,
      })),
    ),
    series(
      "docknet_network_addresses_used",
      (addressPools ?? []).map(({ network, family, used }) => ({
        labels: { network, family },
        value: used,
      })),
    ),
    series("docknet_paths", pathPoints(readings.paths)),
    series("docknet_published_ports", portPoints(readings.publishedPorts)),
  ];
}

const dropReasons: Readonly<Record<keyof ConntrackDrops, string>> = {
  tableFull: "table_full",
  insertFailed: "insert_failed",
  earlyDrop: "early_drop",
  chainTooLong: "chain_too_long",
};

function dropPoints(drops: ConntrackDrops | undefined): readonly Point<"reason">[] {
  if (drops === undefined) return [];
  return [
    { labels: { reason: dropReasons.tableFull }, value: drops.tableFull },
    { labels: { reason: dropReasons.insertFailed }, value: drops.insertFailed },
    { labels: { reason: dropReasons.earlyDrop }, value: drops.earlyDrop },
    { labels: { reason: dropReasons.chainTooLong }, value: drops.chainTooLong },
  ];
}

function byFamily(
  tables: Readings["neighbourTables"],
  what: "entries" | "limit",
): readonly Point<"family">[] {
  return (tables ?? []).flatMap((table) => {
    const value = table[what];
    return value === undefined ? [] : [{ labels: { family: table.family }, value }];
  });
}

function netnsPoints(netns: Readings["netns"]): readonly Point<"role">[] {
  const roles: readonly NetnsRole[] = [
    "container",
    "overlay",
    "load-balancer",
    "ingress",
    "other",
    "named",
  ];
  if (netns === undefined) return [];
  return roles.map((role) => ({
    labels: { role: role.replaceAll("-", "_") },
    value: netns[role],
  }));
}

const kinds: Readonly<Record<IntentKind, string>> = {
  egress: "egress",
  "egress-reply": "egress_reply",
  publish: "publish",
  "publish-reply": "publish_reply",
  "swarm-port": "swarm_port",
};
const states: readonly IntentOutcome["state"][] = ["kept", "degraded", "failed", "unsure"];

/** Every kind in every state: a promise that nobody makes any more is 0, not stale. */
function pathPoints(paths: Readings["paths"]): readonly Point<"kind" | "state">[] {
  if (paths === undefined) return [];
  return Object.entries(kinds).flatMap(([kind, label]) =>
    states.map((state) => ({
      labels: { kind: label, state },
      value: paths.find((path) => path.kind === kind && path.state === state)?.paths ?? 0,
    })),
  );
}

const protocols = ["tcp", "udp", "sctp"] as const;

function portPoints(ports: Readings["publishedPorts"]): readonly Point<"protocol" | "state">[] {
  if (ports === undefined) return [];
  return protocols.flatMap((protocol) =>
    states.map((state) => ({
      labels: { protocol, state },
      value: ports.find((port) => port.protocol === protocol && port.state === state)?.ports ?? 0,
    })),
  );
}
