import { expect, test } from "vitest";
import { hostOfFacts, type TraceFacts } from "../../../src/derive/trace/host-of-facts.ts";
import { trace } from "../../../src/derive/trace/trace.ts";
import { known } from "../../../src/model/facts.ts";
import { notPermitted } from "../../../src/model/failure.ts";
import type { Sandbox, SandboxFacts, SandboxPart } from "../../../src/model/sandbox.ts";
import { aHost } from "../../support/a-host.ts";
import { aLink, appBridge, aSocket } from "../../support/healthy-facts.ts";
import { containerFacts } from "../../support/namespaces-of-a-host.ts";

const web = {
  name: "web",
  veth: "veth2",
  bridge: appBridge,
  gateway: "172.20.0.1",
  address: "172.20.0.2/16",
  sockets: [aSocket("tcp", 80, undefined)],
};

/** The namespace of web, whose eth0 and the host's veth2 name each other. */
function sandbox(
  change: {
    readonly [K in keyof SandboxFacts]?: SandboxPart<SandboxFacts[K]> & {
      readonly reduced?: string;
    };
  } = {},
): Sandbox {
  const facts = containerFacts(web);
  const links = facts.links.map((link) =>
    link.ifname === "eth0" ? { ...link, peerIfindex: 6, peerNetnsId: 0 } : link,
  );
  const part = <T>(value: T) => ({ state: "known", value }) as const;
  return {
    path: "/run/docker/netns/web",
    role: "container",
    containers: ["web"],
    parts: {
      links: part(links),
      routes: part(facts.routes),
      routingRules: part(facts.routingRules),
      linkSettings: part(facts.linkSettings),
      sysctls: part(facts.sysctls),
      neighbours: part(facts.neighbours),
      bridgePorts: part(facts.bridgePorts),
      fdb: part(facts.fdb),
      rulesets: part(facts.rulesets),
      nativeNft: { state: "absent", reason: "Docker puts none here" },
      sockets: part(facts.sockets),
      resolver: part(facts.resolver),
      ...change,
    },
  };
}

/** A host like those that docknet reads: each link has its kind, and the uplink is a veth. */
function facts(sandboxes: readonly Sandbox[]): TraceFacts {
  const host = aHost();
  const links = host.facts().links.map((link) => {
    if (link.ifname === "veth2")
      return aLink("veth2", { ...link, linkKind: "veth", peerIfindex: 7, peerNetnsId: 3 });
    if (link.ifname === "eth0")
      return { ...link, linkKind: "veth", peerIfindex: 99, peerNetnsId: 9 };
    return link.ifname === appBridge ? { ...link, linkKind: "bridge" } : link;
  });
  const from = { at: "2026-11-02T10:00:00.000Z", sources: [] };
  return { ...host.withFacts({ links }).snapshot().facts, sandboxes: known(sandboxes, from) };
}

function answer(on: TraceFacts): readonly string[] {
  const read = hostOfFacts(on);
  if (!read.ok) return read.missing;
  const traced = trace(read.host, {
    from: { kind: "container", name: "web" },
    to: { kind: "outside", port: 443 },
    protocol: "tcp",
  });
  return [traced.ok ? traced.value.sentence : traced.message, ...read.notes];
}

test("a container is led to its bridge by the pair of links that name each other, and out by a veth", () => {
  expect(answer(facts([sandbox()]))).toEqual([
    "web reaches outside:443/tcp (out of host by eth0), and the answer comes back.",
  ]);
});

test("a part that could not be read is named, and nothing is certain without it", () => {
  const failure = notPermitted("entering it needs CAP_SYS_ADMIN", "CAP_SYS_ADMIN");
  const unread = { state: "unknown", failure } as const;
  expect(answer(facts([sandbox({ routes: unread, rulesets: unread })]))).toEqual([
    "Whether web reaches outside:443/tcp is unsure: in host: the network namespace of container web was not read; " +
      `the way is that from its bridge ${appBridge}.`,
    "container web was not read in full: routes: entering it needs CAP_SYS_ADMIN (and 1 more)",
  ]);
});

test("a part that was read without all of it makes the answer unsure", () => {
  const sockets = { state: "known", value: [], reduced: "of /proc only" } as const;
  expect(answer(facts([sandbox({ sockets })]))).toEqual([
    "Whether web reaches outside:443/tcp is unsure: in host: container web was read in part: sockets: of /proc only.",
  ]);
});

test("what was not read of the host itself is all that can be said", () => {
  const { routes: _, ...others } = facts([]);
  expect(answer(others)).toEqual(["routes was not collected"]);
});
