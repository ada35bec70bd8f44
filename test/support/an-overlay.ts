import { type World, worldOf } from "../../src/derive/path/world.ts";
import type { FdbEntry } from "../../src/model/bridge.ts";
import type { LinkDetails } from "../../src/model/link-details.ts";
import type { Neighbour } from "../../src/model/route.ts";
import type { HostBuilder } from "./a-host.ts";
import { aBridgePort, aLink } from "./healthy-facts.ts";
import {
  containerFacts,
  sandboxPath,
  sandboxWith,
  type WorldContainer,
} from "./namespaces-of-a-host.ts";

const web: WorldContainer = {
  name: "web",
  veth: "veth0",
  bridge: "br0",
  address: "10.0.1.2/24",
  gateway: "10.0.1.1",
};

const remote: Neighbour = {
  family: "ipv4",
  address: "10.0.1.9",
  ifname: "vxlan0",
  mac: "02:42:0a:00:01:09",
  nudState: "permanent",
  flags: [],
};

export const entry: FdbEntry = {
  mac: "02:42:0a:00:01:09",
  ifname: "vxlan0",
  vtep: "192.0.2.20",
  entryState: "permanent",
  flags: ["self"],
};

export const vxlan: Extract<LinkDetails, { readonly kind: "vxlan" }> = {
  kind: "vxlan",
  vni: 4097,
  udpPort: 4789,
  external: false,
  flags: ["proxy", "l2miss", "l3miss"],
};

/** An overlay network with one container here and one on another host. */
export function overlay(
  host: HostBuilder,
  so: {
    readonly neighbours?: readonly Neighbour[];
    readonly fdb?: readonly FdbEntry[];
    readonly details?: LinkDetails;
    readonly down?: true;
  } = {},
): World {
  const { neighbours = [remote], fdb = [entry], details = vxlan, down } = so;
  const network = sandboxWith("1-overlay", {
    ...containerFacts({ ...web, address: "10.0.1.1/24" }),
    links: [
      aLink("br0", { ifindex: 2, linkKind: "bridge" }),
      aLink("vxlan0", {
        ifindex: 3,
        linkKind: "vxlan",
        master: "br0",
        peerNetnsId: 0,
        details,
        adminUp: down === undefined,
      }),
      aLink("veth0", { ifindex: 4, linkKind: "veth", master: "br0" }),
    ],
    sysctls: { "net.bridge.bridge-nf-call-iptables": "0" },
    bridgePorts: [aBridgePort("vxlan0", "br0"), aBridgePort("veth0", "br0")],
    neighbours,
    fdb,
  });
  return worldOf(
    host.facts(),
    [network, sandboxWith("web", containerFacts(web))],
    [
      [
        { place: sandboxPath("1-overlay"), ifname: "veth0" },
        { place: sandboxPath("web"), ifname: "eth0" },
      ],
    ],
  );
}
