import { type Draw, drawn } from "../walk-vs-kernel/draw.ts";
import type { DrawnWorld, WorldProbe, WorldSocket } from "./drawn-world.ts";

/** A container on a bridge: its number is in its name, its addresses and the name of its port. */
interface Member {
  readonly name: string;
  readonly port: string;
  readonly bridge: string;
  readonly net: number;
  readonly number: number;
}

const families = ["ipv4", "ipv6"] as const;
type Family = (typeof families)[number];

export function addressIn(family: Family, net: number, host: number): string {
  return family === "ipv4" ? `10.${net}.0.${host}` : `fd0${net}::${host}`;
}

export const outside = { name: "out", net: 9, host: 254 } as const;
const hostNumber = 1;

/** A host with one or two bridges, containers on them and a way out. */
export function drawnBridges(probes: number) {
  return drawn((draw): Omit<DrawnWorld, "features"> => {
    const bridges = draw.chance(50) ? ["br1"] : ["br1", "br2"];
    const members = Array.from({ length: 2 + draw.below(3) }, (_, at): Member => {
      const bridge = draw.pick(bridges);
      return {
        name: `c${at}`,
        port: `v${at}`,
        bridge,
        net: Number(bridge.slice(2)),
        number: 10 + at,
      };
    });
    draw.uses("world of bridges");
    return {
      places: ["host", ...members.map(({ name }) => name), outside.name],
      seenPlaces: 1 + members.length,
      setup: [
        ...uplink(),
        ...bridges.flatMap((bridge) => bridgeLines(bridge)),
        ...members.flatMap((member) => memberLines(draw, member)),
        ...sysctlLines(draw),
        ...ruleLines(draw, members),
        ...members.flatMap((member) => portLines(draw, member)),
        ...bridges.flatMap((bridge) => brokenBridge(draw, bridge)),
        ...writtenEntries(draw, members),
      ],
      sockets: socketsOf(draw, { members, bridges }),
      probes: Array.from({ length: probes }, () => probeOf(draw, { members, bridges })),
    };
  });
}

type Line = readonly [place: string, line: string];

function addresses(place: string, ifname: string, at: { net: number; host: number }): Line[] {
  const of = (family: Family) => addressIn(family, at.net, at.host);
  return [
    [place, `ip addr add ${of("ipv4")}/24 dev ${ifname}`],
    [place, `ip addr add ${of("ipv6")}/64 dev ${ifname} nodad`],
  ];
}

function defaultRoutes(place: string, net: number): Line[] {
  return families.map((family) => [
    place,
    `ip route add default via ${addressIn(family, net, hostNumber)}`,
  ]);
}

/** The link to the outside: another machine. */
export function uplink(): readonly Line[] {
  return [
    ["host", "ip link add up0 type veth peer name eth0 netns $out"],
    ["host", "ip link set up0 up"],
    [outside.name, "ip link set eth0 up"],
    ...addresses("host", "up0", { net: outside.net, host: hostNumber }),
    ...addresses(outside.name, "eth0", { net: outside.net, host: outside.host }),
    ...defaultRoutes(outside.name, outside.net),
  ];
}

function bridgeLines(bridge: string): readonly Line[] {
  return [
    ["host", `ip link add ${bridge} type bridge mcast_snooping 0`],
    ["host", `ip link set ${bridge} up`],
    ...addresses("host", bridge, { net: Number(bridge.slice(2)), host: hostNumber }),
  ];
}

export function macOf(number: number): string {
  return `02:00:00:00:05:${number}`;
}

function memberLines(draw: Draw, { name, port, bridge, net, number }: Member): readonly Line[] {
  const lines: Line[] = [
    [
      "host",
      `ip link add ${port} type veth peer name eth0 address ${macOf(number)} netns $${name}`,
    ],
    ["host", `ip link set ${port} up`],
    [name, "ip link set eth0 up"],
    ...addresses(name, "eth0", { net, host: number }),
  ];
  if (draw.chance(7)) draw.uses("port without a bridge");
  else lines.push(["host", `ip link set ${port} master ${bridge}`]);
  if (draw.chance(8)) draw.uses("container without a default route");
  else lines.push(...defaultRoutes(name, net));
  if (draw.chance(10)) {
    draw.uses("container with rules of its own");
    const rule = draw.pick(["-p udp --dport 80 -j DROP", "-p tcp --dport 80 -j REJECT"]);
    lines.push([name, `iptables-nft -A INPUT ${rule}`]);
  }
  return lines;
}

function sysctlLines(draw: Draw): readonly Line[] {
  const forward = !draw.chance(12);
  if (!forward) draw.uses("world without forwarding");
  const calls = draw.chance(60) ? 1 : 0;
  draw.uses(`world with bridge-nf-call ${calls}`);
  const set = (path: string, value: number): Line => [
    "host",
    `echo ${value} >/proc/sys/net/${path}`,
  ];
  return [
    set("ipv4/ip_forward", forward ? 1 : 0),
    set("ipv6/conf/all/forwarding", forward ? 1 : 0),
    set("bridge/bridge-nf-call-iptables", calls),
    set("bridge/bridge-nf-call-ip6tables", calls),
  ];
}

function ruleLines(draw: Draw, members: readonly Member[]): readonly Line[] {
  const backend = draw.pick(["nft", "legacy"]);
  const some = () => draw.pick(members);
  const pieces: Readonly<Record<string, () => string>> = {
    "-i and -o of one bridge": () => `-i ${some().bridge} -o ${some().bridge}`,
    "physdev of a frame": () => `-m physdev --physdev-in ${some().port}`,
    "physdev is bridged": () => "-m physdev --physdev-is-bridged",
    "state of a frame": () => "-m conntrack --ctstate RELATED,ESTABLISHED",
    "address of a container": () => `-s ${addressIn("ipv4", some().net, some().number)}`,
  };
  const lines: Line[] = [];
  for (const [program, family] of [
    ["iptables", "ipv4"],
    ["ip6tables", "ipv6"],
  ] as const) {
    const tool = `${program}-${backend}`;
    for (let count = draw.below(4); count > 0; count -= 1) {
      const name = draw.pick(Object.keys(pieces));
      if (family === "ipv6" && name === "address of a container") continue;
      draw.uses(`world rule by ${name}`);
      lines.push([
        "host",
        `${tool} -A FORWARD ${pieces[name]?.()} -j ${draw.pick(["ACCEPT", "ACCEPT", "DROP", "REJECT"])}`,
      ]);
    }
    if (draw.chance(15)) {
      draw.uses("world with policy DROP");
      lines.push(["host", `${tool} -P FORWARD DROP`]);
    }
  }
  if (draw.chance(50)) {
    draw.uses("world with masquerading");
    lines.push(
      ...[1, 2].map(
        (net): Line => [
          "host",
          `iptables-${backend} -t nat -A POSTROUTING -s 10.${net}.0.0/24 ! -o br${net} -j MASQUERADE`,
        ],
      ),
    );
  }
  if (draw.chance(50)) {
    draw.uses("world with a published port");
    const { net, number } = some();
    lines.push(
      ...["tcp", "udp"].map(
        (protocol): Line => [
          "host",
          `iptables-${backend} -t nat -A PREROUTING -p ${protocol} -m addrtype --dst-type LOCAL --dport 8080 -j DNAT --to-destination 10.${net}.0.${number}:80`,
        ],
      ),
    );
  }
  if (draw.chance(15)) {
    draw.uses("nft family bridge");
    draw.uses("unsure by nature");
    lines.push([
      "host",
      `nft add table bridge b && nft 'add chain bridge b f { type filter hook forward priority 0; }' && nft add rule bridge b f udp dport 80 drop`,
    ]);
  }
  return lines;
}

function portLines(draw: Draw, { name, port, number }: Member): readonly Line[] {
  const lines: Line[] = [];
  const often = (percent: number, feature: string, line: Line) => {
    if (!draw.chance(percent)) return;
    draw.uses(feature);
    lines.push(line);
  };
  const onPort = (what: string): Line => ["host", `bridge link set dev ${port} ${what} || :`];
  often(25, "port isolated", onPort("isolated on"));
  often(15, "port in hairpin mode", onPort("hairpin on"));
  often(10, "port with a small MTU", ["host", `ip link set ${port} mtu 1300`]);
  often(8, "container with a small MTU", [name, "ip link set eth0 mtu 1300"]);
  often(10, "port that does not forward", onPort(`state ${draw.pick([0, 1, 2, 4])}`));
  often(7, "port down", ["host", `ip link set ${port} down`]);
  often(7, "container's link down", [name, "ip link set eth0 down"]);
  often(7, "container with another address", [name, `ip addr add 10.3.0.${number}/24 dev eth0`]);
  return lines;
}

function brokenBridge(draw: Draw, bridge: string): readonly Line[] {
  if (draw.chance(10)) {
    draw.uses("bridge down");
    return [["host", `ip link set ${bridge} down`]];
  }
  if (!draw.chance(8)) return [];
  draw.uses("bridge without an address");
  return [["host", `ip addr flush dev ${bridge} scope global`]];
}

/** A neighbour that somebody wrote, and where the bridge is told to send its frames. */
function writtenEntries(draw: Draw, members: readonly Member[]): readonly Line[] {
  if (!draw.chance(15)) return [];
  const { net, number, bridge } = draw.pick(members);
  const towards = draw.pick(members);
  draw.uses("FDB entry of a person");
  return [
    [
      "host",
      `ip neigh replace 10.${net}.0.${number} lladdr ${macOf(number)} dev ${bridge} nud permanent || :`,
    ],
    ["host", `bridge fdb replace ${macOf(number)} dev ${towards.port} master static || :`],
  ];
}

interface Drawn {
  readonly members: readonly Member[];
  readonly bridges: readonly string[];
}

function socketsOf(draw: Draw, { members, bridges }: Drawn): readonly WorldSocket[] {
  const own = members.map(({ name, net, number }) => ({ place: name, net, host: number }));
  const hosts = [...bridges.map((bridge) => Number(bridge.slice(2))), outside.net].map((net) => ({
    place: "host",
    net,
    host: hostNumber,
  }));
  const far = { place: outside.name, net: outside.net, host: outside.host };
  return [...own, ...hosts, far].flatMap(({ place, net, host }) =>
    (["tcp", "udp"] as const).flatMap((protocol) =>
      families
        .filter(() => place === outside.name || !draw.chance(12))
        .map((family) => ({ place, protocol, address: addressIn(family, net, host), port: 80 })),
    ),
  );
}

function probeOf(draw: Draw, { members, bridges }: Drawn): WorldProbe {
  const family = draw.chance(40) ? "ipv6" : "ipv4";
  const from = draw.chance(25) ? undefined : draw.pick(members);
  const place = from?.name ?? draw.pick(["host", outside.name]);
  const to = draw.pick([
    ...members.map(({ net, number }) => [net, number] as const),
    ...members.map(({ net, number }) => [net, number] as const),
    [Number(draw.pick(bridges).slice(2)), hostNumber] as const,
    [outside.net, hostNumber] as const,
    [outside.net, outside.host] as const,
    [1, 77] as const,
  ]);
  const protocol = draw.pick(["udp", "udp", "tcp", "icmp"] as const);
  // Nobody asks itself over the wire.
  if (place === outside.name && to[1] === outside.host) return probeOf(draw, { members, bridges });
  const toHost = to[1] === hostNumber;
  return {
    place,
    protocol,
    destination: addressIn(family, to[0], to[1]),
    port: toHost && draw.chance(60) ? 8080 : 80,
    ...(protocol === "udp" && family === "ipv4" && draw.chance(30) ? { sizeBytes: 1400 } : {}),
  };
}
