import type { Draw } from "./draw.ts";
import type { DrawnLink } from "./drawn-host.ts";

export type Family = "ipv4" | "ipv6";

/** What rules and packets are drawn about. */
export interface Network {
  readonly links: readonly DrawnLink[];
  /** Ends of links at the neighbours that are down. */
  readonly downPeers: readonly string[];
  /** Links that packets come in on and go out of: bridges count, their ports do not. */
  readonly faces: readonly Face[];
  readonly sysctls: readonly string[];
  readonly ip: readonly string[];
  readonly ip6: readonly string[];
}

export interface Face {
  readonly name: string;
  /** Links of the neighbours that reach it. */
  readonly peers: readonly string[];
  readonly mac: string;
  /** Number in its networks: 10.0.N.0/24 and fd00:N::/64. */
  readonly number: number;
}

export const nets = {
  ipv4: (number: number) => `10.0.${number}.0/24`,
  ipv6: (number: number) => `fd00:${number}::/64`,
} as const;

/** A host of a network; 1 is the router itself. */
export function hostIn(family: Family, number: number, host: number): string {
  return family === "ipv4" ? `10.0.${number}.${host}` : `fd00:${number}::${host.toString(16)}`;
}

/** Networks that are reached over others. */
export function farNet(family: Family, number: number): string {
  return family === "ipv4" ? `10.9.${number}.0/24` : `fd09:${number}::/64`;
}

export function farHost(family: Family, number: number, host: number): string {
  return family === "ipv4" ? `10.9.${number}.${host}` : `fd09:${number}::${host.toString(16)}`;
}

export const hostNumbers = [10, 11, 12, 13, 20] as const;
const families: readonly Family[] = ["ipv4", "ipv6"];

/** `unsure`: also what cannot be told by its nature, as the next hop that a flow takes. */
export function drawNetwork(draw: Draw, unsure: boolean): Network {
  const count = 2 + draw.below(3);
  const bridged = draw.chance(30);
  if (bridged) draw.uses("link bridge");
  const faces = Array.from({ length: count }, (_, at): Face => {
    const isBridge = bridged && at === 1;
    const peers = isBridge ? ["q0", "q1"] : [`p${at}`];
    return { name: isBridge ? "br0" : `r${at}`, peers, mac: macOf(at + 1), number: at + 1 };
  });
  const links = faces.flatMap((face): readonly DrawnLink[] =>
    face.peers.map((peer, port) =>
      face.name === "br0"
        ? { name: `b${port}`, peer, mac: `02:00:00:00:02:0${port}`, master: "br0" }
        : { name: face.name, peer, mac: face.mac },
    ),
  );
  const addressed = faces.map((face) => addressLines(face));
  const routed = [
    ...routeLines(draw, faces),
    ...(unsure && draw.chance(50) ? multipathLines(draw, faces) : []),
  ];
  const rules = ruleLines(draw, faces);
  return {
    links,
    faces,
    downPeers: downPeersOf(draw, faces),
    ip: [...addressed.flat(), ...routed, ...rules.ipv4, ...linkLines(draw, faces)],
    ip6: rules.ipv6,
    sysctls: drawSysctls(draw, faces),
  };
}

function macOf(number: number): string {
  return `02:00:00:00:00:0${number}`;
}

function addressLines({ name, number, peers }: Face): readonly string[] {
  const isBridge = name === "br0";
  return [
    `addr add ${hostIn("ipv4", number, 1)}/24 dev ${name}`,
    `addr add ${hostIn("ipv6", number, 1)}/64 dev ${name} nodad`,
    ...families.flatMap((family) =>
      isBridge
        ? [2, 7, 98, 99, ...hostNumbers].map(
            (host) =>
              `neigh add ${hostIn(family, number, host)} lladdr 02:00:00:00:03:${host} dev br0 nud permanent`,
          )
        : [],
    ),
    ...(isBridge
      ? [2, 7, 98, 99, ...hostNumbers].map(
          (host, at) =>
            `@bridge fdb add 02:00:00:00:03:${host} dev b${at % peers.length} master static`,
        )
      : []),
  ];
}

function routeLines(draw: Draw, faces: readonly Face[]): readonly string[] {
  return families.flatMap((family) => {
    const lines: string[] = [];
    const via = (face: Face) => `via ${hostIn(family, face.number, 2)} dev ${face.name}`;
    if (draw.chance(60)) {
      draw.uses("route default");
      lines.push(`route add default ${via(draw.pick(faces))}`);
    }
    const all = family === "ipv4" ? 32 : 128;
    for (let net = 1; net <= 4; net += 1) {
      const prefix = draw.chance(80) ? farNet(family, net) : `${farHost(family, net, 10)}/${all}`;
      const kind = draw.below(12);
      if (kind <= 7) lines.push(`route add ${prefix} ${via(draw.pick(faces))}`);
      else if (kind <= 10) {
        const type = draw.pick(["blackhole", "unreachable", "prohibit", "throw"]);
        draw.uses(`route ${type}`);
        lines.push(`route add ${type} ${prefix}`);
      }
      if (draw.chance(15)) {
        draw.uses("route more specific");
        lines.push(`route add ${farHost(family, net, 11)}/${all} ${via(draw.pick(faces))}`);
      }
      if (draw.chance(8)) {
        draw.uses("route with an MTU");
        lines.push(
          `route add ${farHost(family, net, 10)}/${all} ${via(draw.pick(faces))} mtu ${draw.pick([1280, 1350])}`,
        );
      }
      if (draw.chance(12)) {
        draw.uses("route metric");
        lines.push(
          `route add ${farNet(family, net)} ${via(draw.pick(faces))} metric ${draw.pick([50, 5000])}`,
        );
      }
    }
    return lines;
  });
}

function multipathLines(draw: Draw, faces: readonly Face[]): readonly string[] {
  draw.uses("route multipath");
  return families.map((family) => {
    const hop = () => {
      const face = draw.pick(faces);
      return `nexthop via ${hostIn(family, face.number, 2)} dev ${face.name}`;
    };
    return `route replace ${farNet(family, 1 + draw.below(4))} ${hop()} ${hop()}`;
  });
}

/** Sizes of links, and one that is down: what stands on it goes with it. */
function linkLines(draw: Draw, faces: readonly Face[]): readonly string[] {
  const lines: string[] = [];
  for (const { name } of faces) {
    if (name === "br0" || !draw.chance(12)) continue;
    draw.uses("link with a small MTU");
    lines.push(`link set ${name} mtu ${draw.pick([1280, 1300, 1400])}`);
  }
  if (faces.length > 2 && draw.chance(12)) {
    draw.uses("link down");
    lines.push(`link set ${draw.pick(faces).name} down`);
  }
  return lines;
}

function downPeersOf(draw: Draw, faces: readonly Face[]): readonly string[] {
  const open = faces.filter(({ peers }) => peers.length === 1);
  if (faces.length < 3 || open.length === 0 || !draw.chance(12)) return [];
  draw.uses("link without a carrier");
  return draw.pick(open).peers;
}

function ruleLines(
  draw: Draw,
  faces: readonly Face[],
): Readonly<Record<Family, readonly string[]>> {
  const of = (family: Family): readonly string[] => {
    if (!draw.chance(45)) return [];
    const lines = [`route add default via ${hostIn(family, draw.pick(faces).number, 2)} table 100`];
    if (draw.chance(40)) {
      draw.uses("route table with throw");
      lines.push(`route add throw ${farNet(family, 1 + draw.below(4))} table 100`);
    }
    if (draw.chance(30))
      lines.push(`route add unreachable ${farNet(family, 1 + draw.below(4))} table 100`);
    const selector = draw.pick([
      "fwmark",
      "fwmark mask",
      "from",
      "iif",
      "to",
      "suppress",
      "not from",
    ]);
    draw.uses(`rule ${selector}`);
    const priority = 100 + draw.below(100);
    const net = draw.chance(50)
      ? nets[family](draw.pick(faces).number)
      : farNet(family, 1 + draw.below(4));
    const words: Readonly<Record<string, string>> = {
      fwmark: "fwmark 0x1",
      "fwmark mask": "fwmark 0x2/0x2",
      from: `from ${net}`,
      iif: `iif ${draw.pick(faces).name}`,
      to: `to ${net}`,
      suppress: "",
      "not from": `not from ${net}`,
    };
    if (selector === "suppress") {
      lines.push(
        `rule add pref ${priority} lookup main suppress_prefixlength 0`,
        `rule add pref ${priority + 1} lookup 100`,
      );
    } else lines.push(`rule add pref ${priority} ${words[selector] ?? ""} lookup 100`);
    if (draw.chance(30)) {
      const action = draw.pick(["blackhole", "unreachable", "prohibit"]);
      draw.uses(`rule ${action}`);
      lines.push(
        `rule add pref ${priority + 50} from ${farHost(family, 1 + draw.below(4), 11)} ${action}`,
      );
    }
    return lines;
  };
  return { ipv4: of("ipv4"), ipv6: of("ipv6") };
}

function drawSysctls(draw: Draw, faces: readonly Face[]): readonly string[] {
  const forward4 = !draw.chance(10);
  const forward6 = !draw.chance(10);
  if (!forward4) draw.uses("sysctl ip_forward 0");
  if (!forward6) draw.uses("sysctl ipv6 forwarding 0");
  const lines = [
    `net/ipv4/ip_forward ${forward4 ? 1 : 0}`,
    `net/ipv6/conf/all/forwarding ${forward6 ? 1 : 0}`,
  ];
  for (const { name } of faces) {
    if (draw.chance(5)) {
      draw.uses("sysctl forwarding of a link");
      lines.push(`net/ipv4/conf/${name}/forwarding ${forward4 ? 0 : 1}`);
    }
    if (draw.chance(25)) {
      const value = 1 + draw.below(2);
      draw.uses(value === 1 ? "sysctl rp_filter strict" : "sysctl rp_filter loose");
      lines.push(`net/ipv4/conf/${name}/rp_filter ${value}`);
    }
    if (draw.chance(8)) {
      draw.uses("sysctl accept_local");
      lines.push(`net/ipv4/conf/${name}/accept_local 1`);
    }
    if (draw.chance(4)) {
      draw.uses("sysctl src_valid_mark");
      lines.push(`net/ipv4/conf/${name}/src_valid_mark 1`);
    }
    if (draw.chance(8)) {
      draw.uses("sysctl route_localnet");
      lines.push(`net/ipv4/conf/${name}/route_localnet 1`);
    }
  }
  const calls = draw.chance(40) ? 1 : 0;
  if (faces.some(({ name }) => name === "br0")) {
    draw.uses(`sysctl bridge-nf-call ${calls}`);
    lines.push(
      `net/bridge/bridge-nf-call-iptables ${calls}`,
      `net/bridge/bridge-nf-call-ip6tables ${calls}`,
    );
  }
  if (draw.chance(10)) {
    const value = 1 + draw.below(2);
    draw.uses("sysctl rp_filter of all");
    lines.push(`net/ipv4/conf/all/rp_filter ${value}`);
  }
  return lines;
}
