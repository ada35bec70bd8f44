import type fc from "fast-check";

/** A template with drawn values for `<port>` and the like. */
export function filledIn(text: string, { family, values }: Drawn): string {
  return text.replaceAll(/<([a-z0-9!=-]+)>/g, (_, name: string) => {
    const [value = 0] = values.take(1);
    const drawn = VALUES[name];
    if (drawn === undefined) throw new Error(`no values for <${name}>`);
    return drawn(value, family);
  });
}

export interface Drawn {
  readonly family: 4 | 6;
  readonly values: fc.Stream<number>;
}

type Value = (seed: number, family: 4 | 6) => string;

const units = ["sec", "min", "hour", "day"];
const links = ["eth0", "docker0", "br-+", "veth1a2b3c", "a.b-c", "lo"];
const states = ["NEW", "RELATED,ESTABLISHED", "INVALID", "DNAT", "NEW,UNTRACKED", "SNAT"];
const words = [
  "plain",
  '"two words"',
  '"a \\"quote\\" and \\\\ one"',
  '"it\'s -j DROP"',
  '"  spaces  "',
  '"! -A X"',
  '"ünïcode 🐳"',
  '"[0:0] COMMIT"',
];

const VALUES: Readonly<Record<string, Value>> = {
  "!": (seed) => (seed % 3 === 0 ? "! " : ""),
  "!=": (seed) => (seed % 3 === 0 ? "!= " : ""),
  n7: (seed) => String(seed % 127),
  n7x: (seed) => String(6 + (seed % 100)),
  n8: (seed) => String(1 + (seed % 200)),
  n16: (seed) => String(600 + (seed % 60_000)),
  more: (seed) => String(61_000 + (seed % 4_000)),
  port: (seed) => String(1 + (seed % 30_000)),
  moreport: (seed) => String(30_001 + (seed % 30_000)),
  ports: (seed) => `${1 + (seed % 30_000)}:${30_001 + (seed % 30_000)}`,
  "ports-": (seed) => `${1 + (seed % 30_000)}-${30_001 + (seed % 30_000)}`,
  digit: (seed) => String(seed % 9),
  digit1: (seed) => String(1 + (seed % 8)),
  digit2: (seed) => String(2 + (seed % 3)),
  digit3: (seed) => String(seed % 4),
  digit7: (seed) => String(seed % 8),
  hex: (seed) => (16 + (seed % 239)).toString(16),
  hex6: (seed) => (16 + (seed % 47)).toString(16),
  id: (seed) => String(seed),
  icmp: (seed) => ["3/1", "8", "any", "11", "128", "5/0"][seed % 6] ?? "",
  icmpv6: (seed) => ["1/3", "128", "2", "135", "4/1"][seed % 5] ?? "",
  mark: (seed) => `0x${(seed % 0xffff).toString(16)}`,
  link: (seed) => links[seed % links.length] ?? "",
  ctstate: (seed) => states[seed % states.length] ?? "",
  unit: (seed) => units[seed % units.length] ?? "",
  words: (seed) => words[seed % words.length] ?? "",
  plain: (seed) => `w${seed % 1000}`,
  pkttype: (seed) => ["unicast", "broadcast", "multicast"][seed % 3] ?? "",
  set: (_, family) => `set${family}`,
  address: (seed, family) => address(seed, family),
  address4: (seed) => address(seed, 4),
  address6: (seed) => address(seed, 6),
  net: (seed, family) => net(seed, family),
  net4: (seed) => net(seed, 4),
  net6: (seed) => net(seed, 6),
  range: (seed, family) =>
    family === 4
      ? `10.0.${seed % 200}.1-10.0.${seed % 200}.${2 + (seed % 250)}`
      : `fd00::1-fd00::${(2 + (seed % 999)).toString(16)}`,
};

function net(seed: number, family: 4 | 6): string {
  return `${address(seed, family)}/${1 + (seed % (family === 4 ? 32 : 128))}`;
}

function address(seed: number, family: 4 | 6): string {
  if (family === 6) return `fd00:${(seed % 0xffff).toString(16)}::${(seed % 250).toString(16)}`;
  return `10.${seed % 256}.${(seed >> 8) % 256}.${1 + (seed % 250)}`;
}
