import type { Remedy } from "../model/finding.ts";

/** The remedy that lets dockerd write its firewall rules anew. */
export function restartDocker(summary: string): Remedy {
  return {
    summary,
    commands: ["systemctl restart docker"],
    sideEffects: "restarts the containers, unless live-restore is on",
    persistent: [
      "let the firewall service load only its own tables: `iptables-restore --noflush`, no `flush ruleset` in nftables.conf",
      "order it Before=docker.service, or give it ExecStartPost=systemctl try-restart docker",
    ],
  };
}
