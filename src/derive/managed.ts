import type { Facts } from "../model/facts.ts";
import { notApplicable, type Verdict } from "../model/finding.ts";
import { isDockerChain } from "./docker-rules.ts";

type ManagedFacts = Pick<Facts, "dockerDaemon" | "daemonOptions" | "rulesets">;

/** Whether dockerd writes iptables rules in this namespace; a verdict where it does not, or where that cannot be told. */
export type Managed =
  | { readonly kind: "managed"; readonly major: number }
  | { readonly kind: "verdict"; readonly verdict: Verdict };

/** `"iptables": false` and the nftables backend have no iptables rules here, by design. */
export function firewallManaged(facts: ManagedFacts): Managed {
  const { dockerDaemon: daemon, daemonOptions: options } = facts;
  const no = (reason: string): Managed => ({ kind: "verdict", verdict: notApplicable(reason) });
  if (daemon.state !== "running") return no(daemon.reason);
  if (options.iptables === false) return no("dockerd runs with iptables switched off");
  const backend = daemon.firewallBackend ?? options.firewallBackend;
  if (backend?.startsWith("nftables") === true)
    return no("dockerd writes native nftables, not iptables");
  if (options.iptables === true || hasDockerChain(facts))
    return { kind: "managed", major: daemon.major };
  const doubt = {
    about: "dockerd's options",
    reason:
      "iptables holds no chain of Docker, and whether dockerd runs with iptables switched off could not be seen",
    nextStep: "run docknet as root, so that it can read dockerd's arguments",
  };
  return { kind: "verdict", verdict: { status: "unknown", because: [doubt] } };
}

function hasDockerChain({ rulesets }: ManagedFacts): boolean {
  return rulesets.some(({ tables }) =>
    tables.some(({ chains }) =>
      chains.some(({ name }) => isDockerChain(name) || name === "DOCKER-USER"),
    ),
  );
}
