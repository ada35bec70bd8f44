import { sysctlEvidence } from "../../derive/evidence.ts";
import { type DockerNetwork, isRoutedBridge } from "../../model/docker.ts";
import { notApplicable, pass } from "../../model/finding.ts";
import { defineCheck } from "../define-check.ts";

const key = "net.ipv4.ip_forward";

/** Containers lose every route out when the host does not forward. */
export const ipForwardOff = defineCheck({
  id: "ip-forward-off",
  area: "kernel",
  title: "IPv4 forwarding is disabled",
  passTitle: "IPv4 forwarding is enabled",
  severity: "critical",
  why: "Bridge networks are routed by the host. Without forwarding, containers reach the host and nothing beyond it, and published ports answer through docker-proxy alone. dockerd switches forwarding on when it starts; a hardening file, `sysctl --system` or a network service switches it off again later.",
  confirm: [`sysctl ${key}`, "docker info 2>&1 | grep -i 'forwarding is disabled'"],
  remedy: {
    summary: "Enable forwarding, and find the file that disabled it",
    commands: [`sysctl -w ${key}=1`],
    persistent: [
      `echo '${key} = 1' > /etc/sysctl.d/99-docker.conf`,
      "grep -rs ip_forward /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d   # remove the line that says 0",
    ],
  },
  ignoreWhen: "forwarding is switched off on purpose and no container has to reach beyond the host",
  references: [
    "https://docs.kernel.org/networking/ip-sysctl.html",
    "https://github.com/moby/moby/issues/47966",
  ],
  requires: ["sysctls", "dockerNetworks", "dockerDaemon", "daemonOptions"],
  evaluate({ sysctls, dockerNetworks, dockerDaemon, daemonOptions }) {
    const swarm = dockerDaemon.state === "running" && dockerDaemon.swarm.state === "active";
    const routed = dockerNetworks.filter(
      (network) => isRoutedBridge(network) && network.ipv4Enabled && counts(network, swarm),
    );
    if (routed.length === 0) return notApplicable("no routed IPv4 bridge network is in use");
    const observed = sysctls[key];
    if (observed === undefined)
      return { status: "unknown", because: [{ about: key, reason: `${key} was not read` }] };
    if (observed !== "0") return pass;
    const names = routed.map(({ name }) => name).join(", ");
    const inUse = swarm || routed.some(({ attachments }) => attachments.length > 0);
    const chosen = daemonOptions.ipForward === false;
    return {
      status: "fail",
      problems: [
        {
          subject: { kind: "sysctl", key },
          message: inUse
            ? `the host forwards no IPv4 packets; networks ${names} are cut off from everything beyond the host`
            : `the host forwards no IPv4 packets; containers that are started on ${names} will reach nothing beyond the host`,
          observed: "0",
          expected: "1",
          // Whoever told dockerd to leave forwarding alone knows that it is off.
          ...(inUse ? {} : { severity: chosen ? ("info" as const) : ("warning" as const) }),
          evidence: [sysctlEvidence(key, observed)],
        },
      ],
    };
  },
  assume: () => [{ kind: "sysctl", key, value: "1" }],
});

/** The default bridge exists on every host; it counts with containers, or in a swarm. */
function counts(network: DockerNetwork, swarm: boolean): boolean {
  const isDefault = network.options["com.docker.network.bridge.default_bridge"] === "true";
  return !isDefault || swarm || network.attachments.length > 0;
}
