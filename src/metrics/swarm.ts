import type { Readings, SwarmPortReading } from "../model/finding.ts";
import { flag, type Series, series } from "./series.ts";

/** The ports that a swarm node needs. What could not be judged has no series. */
export function swarmSeries({ swarmPorts }: Readings): readonly Series[] {
  return [
    series(
      "docknet_swarm_port_listening",
      points(swarmPorts, ({ listening }) => listening),
    ),
    series(
      "docknet_swarm_port_allowed",
      points(swarmPorts, ({ allowed }) => allowed),
    ),
  ];
}

function points(
  ports: readonly SwarmPortReading[],
  state: (port: SwarmPortReading) => boolean | undefined,
) {
  return ports.flatMap((reading) => {
    const holds = state(reading);
    const labels = { protocol: reading.protocol, port: String(reading.port) };
    return holds === undefined ? [] : [{ labels, value: flag(holds) }];
  });
}
