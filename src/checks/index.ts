import { bridgeNoIp } from "./address/bridge-no-ip.ts";
import type { AnyCheck } from "./define-check.ts";
import { dnatMissing } from "./docker/dnat-missing.ts";
import { trafficBlocked } from "./docker/traffic-blocked.ts";
import { ifForwardingOff } from "./kernel/if-forwarding-off.ts";
import { ipForwardOff } from "./kernel/ip-forward-off.ts";
import { bridgeDown } from "./link/bridge-down.ts";
import { dockerChainsFlushed } from "./netfilter/docker-chains-flushed.ts";
import { dockerUserBlocksAll } from "./netfilter/docker-user-blocks-all.ts";
import { forwardPolicyDropNoDockerRules } from "./netfilter/forward-policy-drop-no-docker-rules.ts";
import { natMasqueradeMissing } from "./netfilter/nat-masquerade-missing.ts";
import { swarmPortBlocked } from "./overlay/swarm-port-blocked.ts";

/** Every check, sorted by area and id. `npm run new-check` inserts a line. */
export const checks = [
  bridgeNoIp,
  dnatMissing,
  trafficBlocked,
  ifForwardingOff,
  ipForwardOff,
  bridgeDown,
  dockerChainsFlushed,
  dockerUserBlocksAll,
  forwardPolicyDropNoDockerRules,
  natMasqueradeMissing,
  swarmPortBlocked,
] as const satisfies readonly AnyCheck[];

/** Closed union of the ids. */
export type CheckId = (typeof checks)[number]["id"];
