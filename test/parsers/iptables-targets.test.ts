import { describe, expect, test } from "vitest";
import { ruleOf, rulesOf } from "../support/iptables-rules-of.ts";

describe("iptables targets", () => {
  test.each([
    ["", { kind: "none" }],
    ["-j QUEUE", { kind: "verdict", verdict: "QUEUE" }],
    ["-j web", { kind: "jump", chain: "web" }],
    ["-g web", { kind: "goto", chain: "web" }],
    ["-j REJECT", { kind: "reject" }],
    ["-j DNAT --to-destination 10.0.0.1", dnat({ from: "10.0.0.1", to: "10.0.0.1" })],
    [
      "-j DNAT --to-destination [fd00::1]-[fd00::2]:80",
      {
        kind: "unrecognised",
        name: "DNAT",
        text: "-j DNAT --to-destination [fd00::1]-[fd00::2]:80",
      },
    ],
    [
      "-j DNAT --to-destination [fd00::1]:80-90 --persistent",
      {
        kind: "dnat",
        range: { from: "fd00::1", to: "fd00::1", ports: { from: 80, to: 90 } },
        options: ["--persistent"],
      },
    ],
    ["-j MARK --set-mark 0xff", { kind: "set-mark", value: 255, mask: 0xffffffff }],
    ["-j MARK --set-mark 0xf/0xf0", { kind: "set-mark", value: 15, mask: 255 }],
    ["-j MARK --and-mark 0xff", { kind: "set-mark", value: 0, mask: 0xffffff00 }],
    ["-j MARK --or-mark 1", { kind: "set-mark", value: 1, mask: 1 }],
    ["-j MARK --xor-mark 1", { kind: "set-mark", value: 1, mask: 0 }],
    ["-j LOG", { kind: "continue", name: "LOG", text: "-j LOG" }],
  ])("reads %s", (piece, target) => {
    expect(ruleOf(piece)).toMatchObject({ matches: [], target });
  });

  test.each([
    ["-j", ""],
    ["-g", ""],
    ["-g web --loop", "web"],
    ["-j unknown", "unknown"],
    ["-j web --loop", "web"],
    ["-j ACCEPT --loop", "ACCEPT"],
    ["-j REJECT --reject-with", "REJECT"],
    ["-j REJECT --reject-how x", "REJECT"],
    ["-j REJECT --reject-with x y", "REJECT"],
    ["-j DNAT", "DNAT"],
    ["-j DNAT --to-destination", "DNAT"],
    ["-j DNAT --to-destination 10.0.0.1:http", "DNAT"],
    ["-j DNAT --to-destination 10.0.0.1-x", "DNAT"],
    ["-j DNAT --to-destination 10.0.0.1 --shuffle", "DNAT"],
    ["-j SNAT --to-destination 10.0.0.1", "SNAT"],
    ["-j MASQUERADE --to-ports http", "MASQUERADE"],
    ["-j MASQUERADE --to-ports 80 --shuffle", "MASQUERADE"],
    ["-j REDIRECT --shuffle", "REDIRECT"],
    ["-j MARK", "MARK"],
    ["-j MARK --set-mark x", "MARK"],
    ["-j MARK --set-mark 5 6", "MARK"],
    ["-j MARK --mix-mark 5", "MARK"],
    ["-j NOTRACK --now", "NOTRACK"],
    ["-j CT --helper ftp", "CT"],
  ])("keeps %s verbatim", (piece, name) => {
    expect(ruleOf(piece)).toMatchObject({
      matches: [],
      target: { kind: "unrecognised", name, text: piece },
    });
  });

  test("does not choose between two targets", () => {
    expect(ruleOf("-j DROP -j ACCEPT")).toMatchObject({
      target: { kind: "unrecognised", name: "", text: "-j ACCEPT" },
    });
  });

  test("reads a jump by the chains of its own table", () => {
    const tables = "*raw\n:web -\n-A web -j web\nCOMMIT\n*nat\n-A web -j web\nCOMMIT\n";
    expect(rulesOf(tables).map(({ target }) => target)).toEqual([
      { kind: "jump", chain: "web" },
      { kind: "jump", chain: "web" },
    ]);
  });
});

function dnat(range: unknown): unknown {
  return { kind: "dnat", range, options: [] };
}
