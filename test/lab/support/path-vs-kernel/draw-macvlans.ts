import { drawn } from "../walk-vs-kernel/draw.ts";
import { addressIn, outside, uplink } from "./draw-bridges.ts";
import type { DrawnWorld } from "./drawn-world.ts";

const modes = ["bridge", "bridge", "bridge", "private", "vepa"] as const;

/** Containers whose links share the host's uplink: macvlan in each of its modes. */
export function drawnMacvlans(probes: number) {
  return drawn((draw): Omit<DrawnWorld, "features"> => {
    const passthru = draw.chance(30);
    const count = passthru ? 1 : 2 + draw.below(2);
    const children = Array.from({ length: count }, (_, at) => {
      const mode = passthru ? "passthru" : draw.pick(modes);
      draw.uses(`macvlan ${mode}`);
      return { name: `c${at}`, mode, number: 20 + at };
    });
    draw.uses("world of macvlans");
    const places = ["host", ...children.map(({ name }) => name), outside.name];
    const numbers = [1, outside.host, ...children.map(({ number }) => number)];
    return {
      places,
      seenPlaces: 1 + children.length,
      setup: [
        ...uplink(),
        ...children.flatMap(({ name, mode, number }) => [
          ["host", `ip link add link up0 name m-${name} type macvlan mode ${mode}`] as const,
          ["host", `ip link set m-${name} netns $${name} name eth0`] as const,
          [name, "ip link set eth0 up"] as const,
          [name, `ip addr add ${addressIn("ipv4", outside.net, number)}/24 dev eth0`] as const,
          [
            name,
            `ip addr add ${addressIn("ipv6", outside.net, number)}/64 dev eth0 nodad`,
          ] as const,
        ]),
      ],
      sockets: [
        ...children.map(({ name, number }) => ({ place: name, number })),
        { place: "host", number: 1 },
        { place: outside.name, number: outside.host },
      ].flatMap(({ place, number }) =>
        (["tcp", "udp"] as const).flatMap((protocol) =>
          (["ipv4", "ipv6"] as const)
            .filter(() => place === outside.name || !draw.chance(12))
            .map((family) => ({
              place,
              protocol,
              address: addressIn(family, outside.net, number),
              port: 80,
            })),
        ),
      ),
      probes: Array.from({ length: probes }, () => ({
        place: draw.pick(places),
        protocol: draw.pick(["udp", "udp", "tcp", "icmp"] as const),
        destination: addressIn(
          draw.pick(["ipv4", "ipv6"] as const),
          outside.net,
          draw.pick([...numbers, 77]),
        ),
        port: 80,
      })).filter(
        ({ place, destination }) => place !== outside.name || !destination.endsWith("254"),
      ),
    };
  });
}
