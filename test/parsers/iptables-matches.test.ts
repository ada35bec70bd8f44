import { describe, expect, test } from "vitest";
import { ruleOf } from "../support/iptables-rules-of.ts";

const prefix = { family: "ipv4", address: "10.0.0.0", length: 8 } as const;
const eth0 = { kind: "in-interface", inverted: false, name: "eth0" } as const;

describe("iptables matches", () => {
  test.each([
    ["-s 10.1.2.3/8", [{ kind: "source", inverted: false, prefix }]],
    ["-s ! 10.0.0.0/255.0.0.0", [{ kind: "source", inverted: true, prefix }]],
    ["! -d 10.0.0.0/8", [{ kind: "destination", inverted: true, prefix }]],
    [
      "-d 10.0.0.1",
      [
        {
          kind: "destination",
          inverted: false,
          prefix: { family: "ipv4", address: "10.0.0.1", length: 32 },
        },
      ],
    ],
    [
      "-s 10.00.0.1/32",
      [
        {
          kind: "source",
          inverted: false,
          prefix: { family: "ipv4", address: "10.0.0.1", length: 32 },
        },
      ],
    ],
    [
      "-s 2001:db8::1/ffff:ffff::",
      [
        {
          kind: "source",
          inverted: false,
          prefix: { family: "ipv6", address: "2001:db8::", length: 32 },
        },
      ],
    ],
    [
      "-d 2001:db8::1/ffff::ffff",
      [
        {
          kind: "destination-mask",
          inverted: false,
          address: "2001::1",
          mask: "ffff::ffff",
        },
      ],
    ],
    ["-i ! eth0", [{ ...eth0, inverted: true }]],
    ["! -i ! eth0", [eth0]],
    ["-p 58", [{ kind: "protocol", inverted: false, protocol: "ipv6-icmp" }]],
    ["-p 254", [{ kind: "protocol", inverted: false, protocol: "254" }]],
    [
      "-p tcp -m tcp",
      [
        { kind: "protocol", inverted: false, protocol: "tcp" },
        {
          kind: "destination-port",
          inverted: false,
          module: "tcp",
          ports: { from: 0, to: 65535 },
        },
      ],
    ],
    [
      "-m tcp --sport ! 1024: ! --dport :80",
      [
        {
          kind: "source-port",
          inverted: true,
          module: "tcp",
          ports: { from: 1024, to: 65535 },
        },
        {
          kind: "destination-port",
          inverted: true,
          module: "tcp",
          ports: { from: 0, to: 80 },
        },
      ],
    ],
    [
      "-m tcp ! --syn --tcp-flags ALL ACK,SYN",
      [
        { kind: "tcp-flags", inverted: true, mask: ["FIN", "SYN", "RST", "ACK"], set: ["SYN"] },
        {
          kind: "tcp-flags",
          inverted: false,
          mask: ["FIN", "SYN", "RST", "PSH", "ACK", "URG"],
          set: ["ACK", "SYN"],
        },
      ],
    ],
    [
      "-m addrtype --src-type LOCAL --limit-iface-out",
      [
        {
          kind: "address-type",
          inverted: false,
          side: "source",
          types: ["LOCAL"],
          limitInterface: "out",
        },
      ],
    ],
    ["-m policy --dir out --pol none", [{ kind: "policy", direction: "out", policy: "none" }]],
    [
      "-m iprange --src-range 10.0.0.1",
      [{ kind: "ip-range", inverted: false, side: "source", from: "10.0.0.1", to: "10.0.0.1" }],
    ],
    [
      '-m comment --comment "it is \\"-j\\""tail -i eth0',
      [{ kind: "comment", text: 'it is "-j"tail' }, eth0],
    ],
    ["-m comment --comment -i -i eth0", [{ kind: "comment", text: "-i" }, eth0]],
    ['-m comment --comment "x" -i eth0', [{ kind: "comment", text: "x" }, eth0]],
    ["-m conntrack --ctproto gre", [{ kind: "ct-protocol", inverted: false, protocol: "gre" }]],
    ["-m limit --limit 3/min", [{ kind: "limit", packets: 3, per: "min" }]],
    [
      "-m limit --limit 10/sec --limit-burst 20",
      [{ kind: "limit", packets: 10, per: "sec", burst: 20 }],
    ],
    [
      "-m hl ! --hl-eq 255",
      [{ kind: "hop-limit", inverted: true, module: "hl", comparison: "eq", value: 255 }],
    ],
    [
      "-m ttl --ttl-lt 5",
      [{ kind: "hop-limit", inverted: false, module: "ttl", comparison: "lt", value: 5 }],
    ],
    ["-m rt --rt-type 0", [{ kind: "routing-header", inverted: false, type: 0 }]],
  ])("reads %s", (pieces, matches) => {
    expect(ruleOf(`${pieces} -j DROP`)).toMatchObject({
      matches,
      target: { kind: "verdict", verdict: "DROP" },
    });
  });

  test.each([
    "-s",
    "-s 10.0.0.0/33",
    "-s nowhere",
    "-s 10.0.0.0/ffff::",
    "-s 300.0.0.1/32",
    "-s 10..0.1/32",
    "-s 10.0.0.1.1/32",
    "-d 10.0.0.1 stray",
    "-d 10.0.0.1\tstray",
    "-f stray",
    "stray",
    "stray words",
    "! stray",
    "!",
    "-m",
    "-m tcp stray",
    "-m tcp --",
    "-m tcp --dport http",
    "-m tcp --dport 65536",
    "-m tcp --dport 80:http",
    "-m tcp --dport :",
    "-m tcp --dport 12345678901",
    "-m tcp --dport 1 2",
    "-m tcp --tcp-flags SYN",
    "-m tcp --tcp-flags SYN ACK FIN",
    "-m tcp --syn 1",
    "-m tcp --tcp-option 5",
    "-m udp --sports 5",
    "-m multiport --dports 80,http",
    "-m multiport --whatever 80",
    "-m conntrack",
    "-m conntrack [unsupported revision]",
    "-m conntrack --ctstate NEW,OLD",
    "-m conntrack --ctstatus LOST",
    "-m conntrack --ctdir BOTH",
    "-m conntrack --ctproto",
    "-m conntrack --ctorigsrc nowhere",
    "-m conntrack --ctorigsrc 10.0.0.1/255.0.255.0",
    "-m conntrack --ctorigsrcport http",
    "-m conntrack --ctsupport 5",
    "-m state --states NEW",
    "-m addrtype --limit-iface-in",
    "-m addrtype --src-type LOCAL ! --limit-iface-in",
    "-m addrtype --src-type LOCAL --limit-iface-in 5",
    "-m addrtype --src-type LOCAL --limit-iface-in --limit-iface-out",
    "-m addrtype --src-type",
    "-m addrtype --any-type LOCAL",
    "-m mark --marks 5",
    "-m mark --mark 0xfffffffff",
    "-m mark --mark 5/",
    "-m set --match-set web",
    "-m set --match-set",
    "-m set",
    "-m set --other web src",
    "-m set --match-set web src dst",
    "-m set --match-set web src --return-nomatch",
    "-m iprange --src-range 10.0.0.1-10.0.0.2-10.0.0.3",
    "-m iprange --src-range x-10.0.0.3",
    "-m iprange --src-range 10.0.0.1-x",
    "-m iprange --any-range 10.0.0.1",
    "-m u32 --u32",
    "-m u32 --u33 5",
    "-m policy --dir in",
    "-m policy --dir in --pol bypass",
    "-m policy ! --dir in --pol ipsec",
    "-m policy --dir in --pol ipsec --strict",
    "-m comment",
    "-m comment ! --comment x",
    "-m comment --note x",
    "-m icmp --icmp-type",
    "-m icmp --type 8",
    "-m limit",
    "-m limit --limit 3/min ! --odd",
    "-m limit --limit 3/week",
    "-m limit --limit 3/min --limit-more 5",
    "-m limit --limit 3/min ! --limit-burst 5",
    "-m limit --limit 3/min --limit-burst 05",
    "-m limit --limit 3/min --limit-burst 5 --limit-burst 6",
    "-m hl --hl-eq x",
    "-m hl --ttl-eq 5",
    "-m rt --rt-type x",
    "-m rt --rt-type 0 --rt-len 5",
  ])("keeps %s verbatim, and what stands behind it apart", (piece) => {
    expect(ruleOf(`${piece} -i eth0 -j DROP`)).toMatchObject({
      matches: piece === "!" ? [{ ...eth0, inverted: true }] : expected(piece),
      target: { kind: "verdict", verdict: "DROP" },
    });
  });
});

describe("iptables rules that end too early", () => {
  test.each([
    "!",
    "-m tcp !",
    "-m tcp --dport !",
    "-m comment --comment",
    "! -d",
    "-m comment --comment ",
  ])("keeps %j verbatim", (pieces) => {
    expect(ruleOf(pieces)).toMatchObject({
      matches: [{ kind: "unrecognised", text: pieces.trimEnd() }],
      target: { kind: "none" },
    });
  });
});

function expected(piece: string): readonly unknown[] {
  return [{ kind: "unrecognised", text: piece }, eth0];
}
