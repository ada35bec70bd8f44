import { brctlBridges } from "./brctl-bridges.ts";
import { bridgePorts } from "./bridge-ports.ts";
import { containers } from "./containers.ts";
import { conntrack } from "./counters/conntrack.ts";
import { networkCounters } from "./counters/network-counters.ts";
import { daemonOptions } from "./daemon-options.ts";
import type { AnyCollector } from "./define-collector.ts";
import { dockerDaemon } from "./docker-daemon.ts";
import { dockerNetworks } from "./docker-networks.ts";
import { hostIdentity } from "./host-identity.ts";
import { fdb } from "./layer2/fdb.ts";
import { neighbourTables } from "./layer2/neighbour-tables.ts";
import { neighbours } from "./layer2/neighbours.ts";
import { vlans } from "./layer2/vlans.ts";
import { linkSettings } from "./link-settings.ts";
import { links } from "./links.ts";
import { memory } from "./memory.ts";
import { namespaces } from "./namespaces.ts";
import { nativeNft } from "./native-nft.ts";
import { ipsets } from "./netfilter/ipsets.ts";
import { dockerProxies } from "./processes/docker-proxies.ts";
import { routes } from "./routes.ts";
import { routeSightings } from "./routing/route-sightings.ts";
import { routingRules } from "./routing-rules.ts";
import { rulesets } from "./rulesets.ts";
import { sandboxes } from "./sandboxes/sandboxes.ts";
import { sockets } from "./sockets.ts";
import { swarmServices } from "./swarm/swarm-services.ts";
import { swarmTasks } from "./swarm/swarm-tasks.ts";
import { swarmNodes } from "./swarm-nodes.ts";
import { sysctls } from "./sysctls.ts";

/** Every collector, in the order in which they are documented; the engine orders them by what they need. */
export const collectors = [
  hostIdentity,
  memory,
  links,
  routes,
  routingRules,
  routeSightings,
  bridgePorts,
  brctlBridges,
  neighbours,
  neighbourTables,
  fdb,
  vlans,
  rulesets,
  nativeNft,
  ipsets,
  sysctls,
  linkSettings,
  conntrack,
  networkCounters,
  sockets,
  dockerProxies,
  daemonOptions,
  namespaces,
  dockerDaemon,
  dockerNetworks,
  containers,
  swarmNodes,
  swarmServices,
  swarmTasks,
  sandboxes,
] as const satisfies readonly AnyCollector[];
