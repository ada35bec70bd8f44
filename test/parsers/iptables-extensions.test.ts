import { describe, expect, test } from "vitest";
import { printIptablesSave, printRule } from "../../src/parsers/iptables/print.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { rulesOf } from "../support/iptables-rules-of.ts";

function ruleOf(pieces: string) {
  const [rule] = rulesOf(`*filter\n:X - [0:0]\n-A X ${pieces}\nCOMMIT\n`);
  if (rule === undefined) throw new Error("no rule");
  return rule;
}

describe("modules that are typed word by word", () => {
  test("keep each option with its values", () => {
    const { matches, target } = ruleOf(
      '-m string ! --string "a \\"b\\"" --algo bm -j NFLOG --nflog-prefix "x y" --nflog-group 5',
    );
    expect(matches).toEqual([
      {
        kind: "unrecognised",
        text: '-m string ! --string "a \\"b\\"" --algo bm',
        extension: {
          name: "string",
          options: [
            { name: "string", inverted: true, values: ['a "b"'] },
            { name: "algo", inverted: false, values: ["bm"] },
          ],
        },
      },
    ]);
    expect(target).toEqual({
      kind: "continue",
      name: "NFLOG",
      text: '-j NFLOG --nflog-prefix "x y" --nflog-group 5',
      extension: {
        name: "NFLOG",
        options: [
          { name: "nflog-prefix", inverted: false, values: ["x y"] },
          { name: "nflog-group", inverted: false, values: ["5"] },
        ],
      },
    });
  });

  test.each([
    "-m recent --update --seconds 60 --name a --mask 255.255.255.255 --rsource -m recent --set",
    "-m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix plain --log-level 5",
    '-m bpf --bytecode "1,6 0 0 1" -m helper --helper ftp -m connlabel --label "36"',
    "-m sctp --chunk-types any DATA -m set --match-set s src ! --update-counters",
    "-m eui64 -m tcp --tcp-flags SYN,ACK SYN -m tcp --tcp-flags RST RST -j TRACE",
    '-p udp -m udp -m conntrack --ctorigsrc fd00::9/64 -j NFLOG --nflog-prefix "it\\\'s"',
    "-m conntrack --ctorigsrc 10.0.0.0/8 -m conntrack --ctreplsrc 10.0.0.144 -j NOTRACK",
    "-m icmp -m comment --comment x -m tcpmss --mss 1:5 -j TEE --gateway 10.0.0.1",
    "-j NFQUEUE --queue-num 1 --queue-bypass",
    "-p tcp -m tcp --tcp-flags SYN,ACK NONE -m multiport --sports 1,2:3",
    "-p tcp -m tcp --tcp-flags NONE NONE",
    "-m conntrack --ctproto 6 --ctorigdstport 80 --ctdir REPLY",
    "-m conntrack --ctproto 99 ! --ctstatus ASSURED,CONFIRMED --ctreplsrcport 1:9",
    '-m u32 --u32 "0x0=0x1" -m policy --dir in --pol ipsec -m connmark --mark 0x1/0xf',
    "-s 10.0.1.0/255.0.255.0 ! -d 10.0.1.0/255.0.255.0 -j REJECT",
    "-m state --state NEW -j REJECT --reject-with tcp-reset",
  ])("print %s again", (pieces) => {
    const rule = ruleOf(pieces);
    expect(printRule({ ...rule, text: "" })).toBe(`-A X ${pieces.replace("-m icmp ", "")}`);
  });

  test.each([
    ["a module", "-m future --level 5"],
    ["an option", "-m limit --limit 3/min --limit-more 5"],
    ["a value too many", "-m limit --limit 3/min 4/min"],
    ["a word before the options", "-m limit 3/min"],
    ["nothing behind -m", "-m"],
  ])("are kept verbatim with %s that docknet does not know", (_, piece) => {
    const rule = ruleOf(`${piece} -j SET --with love`);
    expect(rule.matches).toEqual([{ kind: "unrecognised", text: piece }]);
    expect(rule.target).toEqual({
      kind: "unrecognised",
      name: "SET",
      text: "-j SET --with love",
    });
    expect(printRule(rule)).toBe(`-A X ${piece} -j SET --with love`);
  });

  test("print within a dump whose chains and rules have counters, or not", () => {
    const dump = [
      "*filter",
      ":INPUT DROP",
      ":X - [1:2]",
      "[3:4] -A X -j TTL --ttl-set 5",
      "-A X -j X",
      "COMMIT\n",
    ].join("\n");
    const result = parseIptablesSave(dump);
    expect(result.ok && printIptablesSave(result.value)).toBe(dump);
  });

  test("stay what they are where a rule goes to one or has no name", () => {
    expect(ruleOf("-g TTL --ttl-set 5").target).toEqual({
      kind: "unrecognised",
      name: "TTL",
      text: "-g TTL --ttl-set 5",
    });
    expect(ruleOf("-j").target).toEqual({ kind: "unrecognised", name: "", text: "-j" });
  });
});
