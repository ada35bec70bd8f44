import type { Readings, Report } from "../model/finding.ts";
import { flag, type Series, series, single } from "./series.ts";

/** The host as a whole. */
export function hostSeries(report: Report): readonly Series[] {
  const { host, readings } = report;
  return [
    single("docknet_up", flag(readings.dockerState === "running")),
    series("docknet_host_info", [
      {
        labels: {
          docker_version: readings.docker?.version ?? "",
          kernel: host.kernel,
          iptables_backend: readings.iptablesBackend,
          firewall_backend: readings.docker?.firewallBackend ?? "",
          swarm_role: readings.docker?.swarmRole ?? "",
        },
        value: 1,
      },
    ]),
    series("docknet_sysctl_value", sysctlPoints(readings)),
    series("docknet_forwarding_enabled", [
      ...forwarding("ipv4", readings.forwarding.ipv4),
      ...forwarding("ipv6", readings.forwarding.ipv6),
    ]),
  ];
}

function sysctlPoints(readings: Readings) {
  return Object.keys(readings.sysctls).flatMap((name) => {
    const value = numberOf(readings, name);
    return value === undefined ? [] : [{ labels: { name }, value }];
  });
}

function numberOf({ sysctls }: Readings, key: string): number | undefined {
  const text = sysctls[key];
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

function forwarding(family: string, enabled: boolean | undefined) {
  return enabled === undefined ? [] : [{ labels: { family }, value: flag(enabled) }];
}
