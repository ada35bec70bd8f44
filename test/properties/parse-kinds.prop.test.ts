import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAs } from "../../src/cli/parse-kinds.ts";
import { jsonDocument } from "../../src/render/json.ts";
import { cpuMsOf } from "../support/cpu-time.ts";
import { kindsWithFixtures } from "../support/parse-fixtures.ts";

/** Shorter times are below what the kernel counts by. */
const leastMs = 3;

const esc = "\u{1b}";

/** What becomes of an output on its way here: on other terminals, in other languages, through other programs, by bad intent. */
const changes: readonly ((text: string, at: number) => string)[] = [
  (text, at) => text.slice(0, at),
  (text, at) => text.slice(0, at) + text,
  (text) => text + text,
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => text.replaceAll(/(\w+)/g, `${esc}[32m$1${esc}[0m`),
  (text, at) => `${text.slice(0, at)}${esc}]0;title\u{7}${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}\0${text.slice(at)}`,
  (text, at) => new TextDecoder().decode(withBadBytes(text, at)),
  (text) => text.replaceAll("state", "Zustand").replaceAll("forever", "für immer"),
  (text) => text.replaceAll(".", ","),
  (text) => text.split("\n").reverse().join("\n"),
];

/** 0xff is in no UTF-8. */
function withBadBytes(text: string, at: number): Uint8Array {
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xc3]), bytes.subarray(at)]);
}

const hostileNames = [
  "a b",
  "-x",
  '"; rm',
  "$(x)",
  "😀",
  "\u{202e}gpj",
  "\u{1b}[2J",
  "a\nb",
  "__proto__",
  "constructor",
];

/** JSON that a terminal shows as it is: no control character but line feeds, nothing that hides or reorders. */
const harmless = /^(?:[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\n)*$/u;

describe.each(kindsWithFixtures)("docknet parse %s", (_, kind, fixtures) => {
  const texts = fixtures.map(({ text }) => text);
  const changed = fc
    .tuple(fc.constantFrom(...texts), fc.constantFrom(...changes), fc.nat())
    .map(([text, change, at]) => change(text, at % (text.length + 1)));
  const withHostileName = fc
    .tuple(fc.constantFrom(...texts), fc.constantFrom(...hostileNames))
    .map(([text, name]) => text.replaceAll(/\b(?:eth0|veth0|docker0|br0|lo|web|red)\b/g, name));

  test("never throws on what a terminal, a language or a bad copy makes of an output", () => {
    fc.assert(
      fc.property(changed, (text) => {
        const parsed = parseAs(kind, text);
        return parsed.ok || /^\S/.test(parsed.failure.message);
      }),
      { numRuns: 100 },
    );
  });

  test("prints JSON that holds hostile names and harms no terminal", () => {
    fc.assert(
      fc.property(fc.oneof(withHostileName, changed), (text) => {
        const parsed = parseAs(kind, text);
        if (!parsed.ok) return;
        const json = jsonDocument(parsed.value);
        expect(json).toMatch(harmless);
        expect(JSON.parse(json)).toEqual(parsed.value);
      }),
      { numRuns: 60 },
    );
  });
});

const lines = (line: string) => (count: number) => `${line}\n`.repeat(count / (line.length + 1));
const run = (head: string, piece: string, tail: string) => (count: number) =>
  head + piece.repeat(count / piece.length) + tail;

const address = "    inet 192.0.2.1/24 scope global eth0";
const growing: readonly (readonly [string, string, (count: number) => string])[] = [
  ["ip-addr", "links", lines("1: eth0@if3: <UP> mtu 1500 qdisc noop state UP")],
  ["ip-addr", "addresses", run("1: eth0: <UP> mtu 1500\n", `${address}\n`, "")],
  ["ip-addr", "names", run("1: eth0: <UP> mtu 1\n    altname", " a", "")],
  ["ip-addr", "an endless name", run("1: ", "a@", "")],
  ["ip-addr", "spaces", run("1: eth0: <UP> mtu 1\n    inet", " ", "x")],
  ["ip-addr", "settings", run("1: a: <UP> mtu 1\n    link/ether\n    vxlan", " id 1", "")],
  ["ip-route", "routes", lines("192.0.2.0/24 dev eth0 proto kernel scope link")],
  ["ip-route", "next hops", run("default\n", "\tnexthop via 192.0.2.1 dev a weight 1\n", "")],
  ["ip-route", "encapsulations", run("192.0.2.0/24", " encap ip", "")],
  ["ip-rule", "rules", lines("7:\tfrom all lookup main")],
  ["ip-rule", "words", run("7:\tfrom all", " not x", "")],
  ["ip-neigh", "neighbours", lines("192.0.2.1 dev eth0 lladdr 02:00:00:00:00:01 STALE")],
  ["ip-neigh", "words", run("192.0.2.1", " 0probes", "")],
  ["ip-netns", "spaces", run("a", " ", "x")],
  ["ip-netns", "numbers", run("a", " (id: 1)", "")],
  ["bridge-link", "ports", lines("4: a@b: <UP> mtu 1500 master br0 state forwarding")],
  ["bridge-link", "an endless name", run("4: ", "a@", "")],
  ["bridge-fdb", "entries", lines("02:00:00:00:00:01 dev eth0 master br0 permanent")],
  ["bridge-vlan", "VLANs", run("port vlan-id\neth0", " 7 PVID\n", "")],
  ["bridge-vlan", "flags", run("port vlan-id\neth0 7", " PVID", " x")],
  ["brctl-show", "ports", run("bridge name\na 8000.000000000000 no b\n", "\t\tc\n", "")],
  ["sysctl", "keys", lines("net.ipv4.ip_forward = 1")],
  ["sysctl", "a key without a value", run("", "a", "")],
  ["ss", "sockets", lines("tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*")],
  ["ss", "owners", run("tcp LISTEN 0 1 *:22 *:* users:(", '("a",pid=1,fd=2),', "")],
  ["conntrack-stat", "CPUs", lines("cpu=0 found=1")],
  ["conntrack-stat", "rows", run("entries found\n", "00000001 00000002\n", "")],
  ["neigh-stat", "rows", run("entries hits\n", "00000001 00000002\n", "")],
  ["net-dev", "links", run("Inter-| R | T\nface |bytes|bytes\n", "lo: 1 2\n", "")],
  ["net-dev", "spaces", run("Inter-| R | T\nface |bytes|bytes\n", " ", "x")],
  ["net-snmp", "names", run("Ip: ", "a ", "\n")],
  ["net-snmp6", "a name without a number", run("Ip6", "6a", "")],
  ["softnet-stat", "rows", lines("0 0 0 0 0 0 0 0 0")],
  ["resolv-conf", "options", run("options", " a", "")],
  ["resolv-conf", "servers", run("# ExtServers: [", "192.0.2.1 ", "]")],
];

describe("docknet parse in time", () => {
  test.each(growing)("takes no more than its share for a longer %s: %s", (name, _, textOf) => {
    const [, kind] = kindsWithFixtures.find(([each]) => each === name) ?? [];
    if (kind === undefined) throw new Error(`no kind ${name}`);
    const timeMs = (text: string): number => cpuMsOf(() => parseAs(kind, text));
    const small = textOf(50_000);
    const large = textOf(400_000);
    // Eight times the text; a quadratic parser would take 64 times as long. Other processes disturb: the best of several counts.
    const ratio = Math.min(
      ...Array.from({ length: 5 }, () => timeMs(large) / Math.max(timeMs(small), leastMs)),
    );
    expect(ratio).toBeLessThan(24);
  });
});
