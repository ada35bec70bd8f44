import { describe, expect, test } from "vitest";
import type { Packet } from "../../../src/model/packet.ts";
import { parseIpsetSave } from "../../../src/parsers/ipset/ipset-save.ts";
import { aHost } from "../../support/a-host.ts";
import { fateOn, outgoing, withPacket } from "../../support/walked.ts";

const sets = `
create net hash:net family inet
add net 1.1.1.0/24
add net 1.1.0.0/16 nomatch
add net 1.0.0.0/8
create address hash:ip family inet netmask 24
add address 1.1.1.0
create port hash:ip,port family inet
add port 1.1.1.1,tcp:443
create ports bitmap:port range 0-1023
add ports 443
create link hash:net,iface family inet
add link 1.0.0.0/8,eth0
create marked hash:ip,mark family inet
add marked 1.1.1.1,0x00000000
create three hash:ip,port,net family inet
add three 1.1.1.1,tcp:443,172.20.0.0/16
create all list:set size 8
add all address
add all ports
create mac hash:mac
add mac 02:42:ac:14:00:02
create six hash:net family inet6
add six ::/0
create fading hash:ip family inet timeout 60
add fading 1.1.1.1 timeout 3
create odd hash:net family inet
add odd somewhere
create bridged hash:net,iface family inet
add bridged 1.0.0.0/8,physdev:eth0
`;

/** Whether `-m set` with these words holds: yes, no or unsure. */
function holds(words: string, change: Partial<Packet> = {}): string {
  const parsed = parseIpsetSave(sets);
  const host = aHost()
    .withFacts({ ipsets: { state: "read", sets: parsed.ok ? parsed.value : [] } })
    .withRule(`-A FORWARD -m set ${words} -j DROP`, { at: "first" });
  const fate = fateOn(host, withPacket(outgoing, change));
  return fate.startsWith("out of") ? "no" : fate.startsWith("dropped") ? "yes" : "unsure";
}

describe("a set of ipset", () => {
  test.each([
    ["a network", "--match-set net dst", "yes"],
    ["a source in no network", "--match-set net src", "no"],
    ["not a network", "! --match-set net dst", "no"],
    ["an address cut to its network", "--match-set address dst", "yes"],
    ["an address and its port", "--match-set port dst,dst", "yes"],
    ["the source's port", "--match-set port dst,src", "no"],
    ["more directions than it has parts", "--match-set address dst,src", "yes"],
    ["fewer directions than it has parts", "--match-set port dst", "no"],
    ["not what cannot match", "! --match-set port dst", "yes"],
    ["a port alone", "--match-set ports dst", "yes"],
    ["the link it leaves by", "--match-set link dst,dst", "yes"],
    ["the link it came in by", "--match-set link dst,src", "no"],
    ["a mark", "--match-set marked dst,dst", "yes"],
    ["three parts", "--match-set three dst,dst,src", "yes"],
    ["a list of sets", "--match-set all dst", "yes"],
    ["a MAC address", "--match-set mac src", "unsure"],
    ["the other family", "--match-set six dst", "no"],
    ["an element that will go", "--match-set fading dst", "yes"],
    ["an element that docknet cannot read", "--match-set odd dst", "unsure"],
    ["a port of a bridge", "--match-set bridged dst,dst", "unsure"],
    ["a set that is not there", "--match-set lost dst", "unsure"],
  ])("is asked for %s", (_name, words, expected) => {
    expect(holds(words)).toBe(expected);
  });

  test("has exceptions: the longest prefix decides", () => {
    expect(holds("--match-set net dst", { destination: "1.1.2.1" })).toBe("no");
    expect(holds("--match-set net dst", { destination: "1.2.2.1" })).toBe("yes");
  });

  test("of ports holds nothing of another protocol", () => {
    expect(holds("--match-set port dst,dst", { protocol: "udp" })).toBe("no");
    expect(holds("--match-set ports dst", { protocol: "icmp" })).toBe("no");
  });

  test("that nobody could read leaves packets unsure", () => {
    const host = aHost()
      .withFacts({ ipsets: { state: "unread", reason: "ipset is not installed" } })
      .withRule("-A FORWARD -m set --match-set net dst -j DROP", { at: "first" });
    expect(fateOn(host, outgoing)).toMatch(/^unsure: .*--match-set net dst/);
  });
});
