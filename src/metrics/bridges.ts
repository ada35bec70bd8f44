import type { Readings } from "../model/finding.ts";
import { flag, type Series, series } from "./series.ts";

/** Docker's bridges and networks. */
export function bridgeSeries({ bridges, networkReadings }: Readings): readonly Series[] {
  const labelled = bridges.map((bridge) => ({
    labels: { device: bridge.device, network: bridge.network },
    bridge,
  }));
  return [
    series(
      "docknet_bridge_up",
      labelled.map(({ labels, bridge }) => ({ labels, value: flag(bridge.adminUp) })),
    ),
    series(
      "docknet_bridge_ports",
      labelled.map(({ labels, bridge }) => ({ labels, value: bridge.ports })),
    ),
    series(
      "docknet_bridge_mtu_bytes",
      labelled.map(({ labels, bridge }) => ({ labels, value: bridge.mtuBytes })),
    ),
    series(
      "docknet_network_info",
      networkReadings.map(({ name, id, driver, scope, internal, subnet }) => ({
        labels: {
          network: name,
          network_id: id.slice(0, 12),
          driver,
          scope,
          internal: String(internal),
          subnet,
        },
        value: 1,
      })),
    ),
    series("docknet_network_containers", containersByName(networkReadings)),
  ];
}

/** Docker allows two networks of one name; they share a series. */
function containersByName(networks: Readings["networkReadings"]) {
  return [...Map.groupBy(networks, ({ name }) => name)].map(([network, same]) => ({
    labels: { network },
    value: same.reduce((sum, { containers }) => sum + containers, 0),
  }));
}
