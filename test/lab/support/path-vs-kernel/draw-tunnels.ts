import { type Draw, drawn } from "../walk-vs-kernel/draw.ts";
import { addressIn, macOf, outside, uplink } from "./draw-bridges.ts";
import type { DrawnWorld, WorldProbe } from "./drawn-world.ts";

/** The namespace of an overlay network as Docker makes it: a bridge, a port for each container, and a VXLAN link to the other hosts. */
const overlay = "ov";
const net = 7;
const far = 40;
type Line = readonly [place: string, line: string];

export function drawnTunnels(probes: number) {
  return drawn((draw): Omit<DrawnWorld, "features"> => {
    draw.uses("world of tunnels");
    const members = ["c0", "c1"].map((name, at) => ({ name, number: 10 + at }));
    return {
      places: ["host", ...members.map(({ name }) => name), overlay, outside.name],
      seenPlaces: 2 + members.length,
      setup: [
        ...uplink(),
        [overlay, "ip link add br0 type bridge mcast_snooping 0"],
        [overlay, "ip link set br0 up"],
        [overlay, `ip addr add ${addressIn("ipv4", net, 1)}/24 dev br0`],
        [
          "host",
          `ip link add vx0 ${draw.chance(30) ? "mtu 1450 " : ""}type vxlan id 42 dstport 4789 ${draw.chance(50) ? "local 10.9.0.1 " : ""}learning proxy l2miss l3miss`,
        ],
        ["host", `ip link set vx0 netns $${overlay}`],
        [overlay, "ip link set vx0 master br0"],
        [overlay, "ip link set vx0 up"],
        ...members.flatMap(({ name, number }): readonly Line[] => [
          [
            overlay,
            `ip link add p-${name} type veth peer name eth0 address ${macOf(number)} netns $${name}`,
          ],
          [overlay, `ip link set p-${name} master br0`],
          [overlay, `ip link set p-${name} up`],
          [name, "ip link set eth0 up"],
          [name, `ip addr add ${addressIn("ipv4", net, number)}/24 dev eth0`],
        ]),
        ...farSide(),
        ...entries(draw),
        ...broken(draw),
      ],
      sockets: [
        ...members.map(({ name, number }) => ({ place: name, number })),
        { place: outside.name, number: far },
      ].map(({ place, number }) => ({
        place,
        protocol: "udp" as const,
        address: addressIn("ipv4", net, number),
        port: 80,
      })),
      probes: Array.from({ length: probes }, (): WorldProbe => {
        const place = draw.pick(["c0", "c1"]);
        const number = draw.pick([far, far, far, 10, 11, 77]);
        const protocol = draw.pick(["udp", "udp", "icmp"] as const);
        return { place, protocol, destination: addressIn("ipv4", net, number), port: 80 };
      }),
    };
  });
}

/** The other host: its end of the tunnel holds the address of its container. */
function farSide(): readonly Line[] {
  return [
    [
      outside.name,
      `ip link add vx0 address ${macOf(far)} type vxlan id 42 dstport 4789 local 10.9.0.254 remote 10.9.0.1`,
    ],
    [outside.name, "ip link set vx0 up"],
    [outside.name, `ip addr add ${addressIn("ipv4", net, far)}/24 dev vx0`],
  ];
}

/** What Docker writes for each remote container, all of it or not. */
function entries(draw: Draw): readonly Line[] {
  const lines: Line[] = [];
  if (draw.chance(85))
    lines.push([
      overlay,
      `ip neigh replace ${addressIn("ipv4", net, far)} lladdr ${macOf(far)} dev vx0 nud permanent`,
    ]);
  else draw.uses("tunnel without a neighbour");
  const kind = draw.below(10);
  const entry = (vtep: string): Line => [
    overlay,
    `bridge fdb replace ${macOf(far)} dev vx0 dst ${vtep} self permanent`,
  ];
  if (kind < 6) lines.push(entry("10.9.0.254"));
  else if (kind < 8) {
    draw.uses("tunnel with a wrong VTEP");
    lines.push(entry("10.9.0.77"));
  } else draw.uses("tunnel without an FDB entry");
  return lines;
}

function broken(draw: Draw): readonly Line[] {
  const all: readonly (readonly [percent: number, feature: string, line: Line])[] = [
    [22, "tunnel's link down", [overlay, "ip link set vx0 down"]],
    [
      10,
      "tunnel's datagrams dropped",
      ["host", "iptables-nft -A OUTPUT -p udp --dport 4789 -j DROP"],
    ],
    [22, "no route to the VTEP", ["host", "ip route add blackhole 10.9.0.254/32"]],
    [22, "tunnel's uplink down", ["host", "ip link set up0 down"]],
    [
      18,
      "tunnel's port isolated",
      [overlay, "bridge link set dev p-c0 isolated on; bridge link set dev vx0 isolated on"],
    ],
  ];
  return all.flatMap(([percent, feature, line]) => {
    if (!draw.chance(percent)) return [];
    draw.uses(feature);
    return [line];
  });
}
