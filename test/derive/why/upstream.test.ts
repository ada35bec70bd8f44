import { describe, expect, test } from "vitest";
import type { ExternalServer } from "../../../src/model/resolver.ts";
import {
  answered,
  askedBuilder,
  askedHost,
  dbInside,
  onAppnet,
  told,
} from "../../support/asked-host.ts";
import { aSocket } from "../../support/healthy-facts.ts";

function webAsks(...externalServers: readonly ExternalServer[]) {
  const resolver = {
    ...{ nameservers: ["127.0.0.11"], search: [], options: [], sortList: [] },
    docker: { externalServers, overrides: [] },
  };
  return onAppnet("web", "172.20.0.2/16", { veth: "veth2", facts: { resolver } });
}

const outer: ExternalServer = { address: "192.0.2.53", fromHost: false };
const inner: ExternalServer = { address: "127.0.0.53", fromHost: true };
const dropped = "-A FORWARD -p udp -m udp --dport 53 -j DROP";

describe("the name servers beyond Docker", () => {
  test("are reached from the container, or from the host where they are on its loopback", () => {
    const host = askedBuilder().withSocket({
      ...aSocket("udp", 53, "systemd-resolve"),
      address: "127.0.0.53",
    });
    const { seen } = answered(askedHost(host, [webAsks(outer, inner), dbInside]), "web db:5432");
    expect(seen.map(({ text }) => text)).toContain(
      "packets to the name server 192.0.2.53, 127.0.0.53 find a way (for names outside of Docker)",
    );
  });

  test("may have IPv6 addresses, and a link behind them", () => {
    const six: ExternalServer = { address: "2001:db8::53%eth0", fromHost: false };
    const answer = answered(askedHost(askedBuilder(), [webAsks(six), dbInside]), "web db:5432");
    expect(told(answer)).toEqual([
      "fine",
      "note upstream-dns-unreachable: the name server 2001:db8::53%eth0 is not reached from the container: names outside of Docker do not resolve (no route to 2001:db8::53)",
    ]);
  });

  test("are worth a word where they are not reached and a container is asked for", () => {
    const host = askedBuilder().withRule(dropped, { at: "first" });
    const answer = answered(askedHost(host, [webAsks(outer, inner), dbInside]), "web db:5432");
    expect(told(answer)).toEqual([
      "fine",
      `note upstream-dns-unreachable: the name server 192.0.2.53 is not reached from the container: names outside of Docker do not resolve (ipv4 filter FORWARD rule 1: ${dropped})`,
      "note upstream-dns-unreachable: the name server 127.0.0.53 is not reached from the host: names outside of Docker do not resolve (nothing listens on 127.0.0.53 port 53/udp)",
    ]);
    expect(answer.notes[0]?.evidence).toEqual([
      {
        source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
        line: expect.any(Number),
        text: `[0:0] ${dropped}`,
      },
    ]);
  });

  test("are the cause where somebody outside is asked for and none is reached", () => {
    const host = askedBuilder().withRule(dropped, { at: "first" });
    const { outcome, causes } = answered(
      askedHost(host, [webAsks(outer), dbInside]),
      "web outside:443",
    );
    expect([outcome, causes.map(({ kind }) => kind)]).toEqual([
      "broken",
      ["upstream-dns-unreachable"],
    ]);
    expect(
      answered(askedHost(host, [webAsks(outer), dbInside]), "web outside=198.51.100.7 on port 443")
        .outcome,
    ).toBe("fine");
  });

  test("are what the container or dockerd was told, where the file does not say", () => {
    const withDns = askedBuilder().withContainerChange("web", {
      settings: { dnsServers: ["192.0.2.54"] },
    });
    const texts = (host: typeof withDns): readonly string[] =>
      answered(askedHost(host), "web db:5432").seen.map(({ text }) => text);
    expect(texts(withDns)).toContain(
      "packets to the name server 192.0.2.54 find a way (for names outside of Docker)",
    );
    expect(texts(askedBuilder().withOptions({ dns: ["192.0.2.55"] }))).toContain(
      "packets to the name server 192.0.2.55 find a way (for names outside of Docker)",
    );
  });

  test("are not known where the engine does not tell; a doubt on the way says nothing", () => {
    expect(answered(askedHost(askedBuilder()), "web db:5432").unknown).toEqual([
      {
        topic: "name",
        text: "which servers the embedded DNS asks for names outside of Docker: this engine does not tell",
        isNeeded: false,
      },
    ]);
    const oneIsDropped = askedBuilder()
      .withRule("-A FORWARD -d 192.0.2.54/32 -j DROP", { at: "first" })
      .withUnreadableNft("nft is missing");
    const web = webAsks(outer, { ...outer, address: "192.0.2.54" });
    expect(answered(askedHost(oneIsDropped, [web, dbInside]), "web outside:443").causes).toEqual(
      [],
    );
    const doubtful = askedBuilder().withUnreadableNft("nft is missing");
    expect(answered(askedHost(doubtful, [webAsks(outer), dbInside]), "web db:5432").notes).toEqual(
      [],
    );
  });
});
