import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/model/sandbox.ts";
import { parseIpAddr } from "../../src/parsers/ip-addr.ts";
import { parseIpNetconf } from "../../src/parsers/ip-netconf.ts";
import { ipRouteParser } from "../../src/parsers/ip-route.ts";
import { ipRuleParser } from "../../src/parsers/ip-rule.ts";
import { parseBridgeFdb } from "../../src/parsers/iproute/bridge-fdb.ts";
import type { Parser } from "../../src/parsers/parsed.ts";
import { parseSs } from "../../src/parsers/ss.ts";
import { containerFacts, pauseContainer, runContainer } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost } from "./support/lab-host.ts";
import { type LookedInside, lookInside, processesIn, sandboxOf } from "./support/sandboxes-of.ts";
import { type Lan, type StandardHost, standardHost, startLan } from "./support/standard-host.ts";
import { type SwarmPair, swarmPair } from "./support/swarm-pair.ts";

describeLab("the network namespaces of Docker", () => {
  let lab: Lab;
  let lan: Lan;

  beforeAll(async () => {
    lab = await openLab();
    lan = await startLan(lab);
  });

  afterAll(() => lab?.close());

  describe("on a host with a container on each kind of network", () => {
    let standard: StandardHost;
    let looked: LookedInside;

    beforeAll(async () => {
      standard = await standardHost(lan);
      const { host, containers } = standard;
      await runContainer(host, {
        name: "rider",
        network: "container:api",
        command: ["sleep", "9999"],
      });
      await pauseContainer(await runContainer(host, { name: "still", network: "bridge" }));
      await runContainer(host, { name: "mighty", network: "bridge", capabilities: ["NET_ADMIN"] });
      expect(containers.hostmode.name).toBe("hostmode");
      looked = await lookInside(host);
    });

    test("are each of them once, and the host's own not", () => {
      const { fact } = looked;
      const all = fact.state === "known" ? fact.value : [];
      expect(all.map(({ role, containers }) => `${role} ${containers.join(" ")}`).sort()).toEqual([
        "container api rider",
        "container client",
        "container lonely",
        "container mighty",
        "container onlan",
        "container still",
        "container store",
        "container web",
      ]);
      expect(fact).toMatchObject({ state: "known", ignored: [] });
      expect(fact).not.toHaveProperty("gaps");
    });

    test.each(["web", "api", "client", "store", "lonely", "onlan", "still", "mighty"])(
      "show of %s what a person sees there",
      async (name) => {
        const { host } = standard;
        const { parts, path } = sandboxOf(looked, name);
        expect(await byHand({ host, path })).toEqual(fromNetlink(parts));
        expect(sockets(known(parts.sockets))).toEqual(
          sockets(await read({ host, path }, ["ss", "-lntuH"], parseSs)),
        );
        expect(parts.fdb).toMatchObject({ state: "absent" });
        expect(unknownParts(parts)).toEqual([]);
      },
    );

    test("have the rules of the embedded DNS where Docker puts them", () => {
      expect(tablesIn(sandboxOf(looked, "api"))).toEqual(["nf_tables nat"]);
      expect(sandboxOf(looked, "api").parts.resolver).toMatchObject({
        state: "known",
        value: { nameservers: ["127.0.0.11"] },
      });
      const dns = known(sandboxOf(looked, "api").parts.sockets).filter(
        ({ address }) => address === "127.0.0.11",
      );
      expect(dns.map(({ protocol }) => protocol).sort()).toEqual(["tcp", "udp"]);
      expect(sandboxOf(looked, "web").parts.rulesets).toMatchObject({ state: "absent" });
      expect(tablesIn(sandboxOf(looked, "mighty"))).toEqual([]);
      expect(sandboxOf(looked, "mighty").parts.nativeNft).toMatchObject({
        state: "known",
        value: { state: "read" },
      });
    });

    test("cost one process where Docker puts no rules, and one more where it does", () => {
      const processes = (name: string) => processesIn(looked, sandboxOf(looked, name).path);
      expect(processes("web")).toEqual(["ip -j -d -b -"]);
      expect(processes("lonely")).toEqual(["ip -j -d -b -"]);
      expect(processes("api")).toEqual(["ip -j -d -b -", "iptables-nft-save -c"]);
    });

    test("leave to a process without CAP_SYS_ADMIN what /proc shows", async () => {
      const reduced = await lookInside(standard.host, [
        "setpriv",
        "--bounding-set=-sys_admin",
        "--inh-caps=-all",
        "--",
      ]);
      const { parts } = sandboxOf(reduced, "api");
      const full = sandboxOf(looked, "api").parts;
      const failure = { kind: "not-permitted", capability: "CAP_SYS_ADMIN" };
      expect(unknownParts(parts)).toEqual([
        ...["links", "routingRules", "linkSettings", "sysctls", "bridgePorts", "fdb"],
        ...["rulesets", "nativeNft"],
      ]);
      expect(parts.links).toMatchObject({ state: "unknown", failure });
      expect(parts.routes).toMatchObject({
        state: "known",
        reduced: expect.stringContaining("CAP_SYS_ADMIN"),
      });
      expect(sockets(known(parts.sockets))).toEqual(sockets(known(full.sockets)));
      expect(parts.resolver).toEqual(full.resolver);
      const main = (each: Sandbox["parts"]) =>
        known(each.routes)
          .filter(({ routeTable, family }) => routeTable === "main" && family === "ipv4")
          .map(({ destination, nextHops }) => [destination, nextHops]);
      expect(main(parts)).toEqual(main(full));
    });
  });

  describe("of two nodes of a swarm with an overlay network", () => {
    let pair: SwarmPair;
    let looked: LookedInside;

    beforeAll(async () => {
      pair = await swarmPair(lan);
      looked = await lookInside(pair.manager);
    });

    test("are those of the container, the overlay, its load balancer and the ingress", () => {
      const { fact } = looked;
      const all = fact.state === "known" ? fact.value : [];
      expect(
        all.map(({ role, network, containers }) => [role, network, containers.join()]).sort(),
      ).toEqual([
        ["container", undefined, "left"],
        ["ingress", "ingress", ""],
        ["load-balancer", "mesh", ""],
        ["overlay", "ingress", ""],
        ["overlay", "mesh", ""],
      ]);
      expect(all.map(({ parts }) => unknownParts(parts))).toEqual(all.map(() => []));
    });

    test("show the way to the other node", async () => {
      const { fact } = looked;
      const mesh = (fact.state === "known" ? fact.value : []).find(
        ({ role, network }) => role === "overlay" && network === "mesh",
      );
      if (mesh === undefined) throw new Error("no namespace of mesh");
      const { parts, path } = mesh;
      const place = { host: pair.manager, path };
      expect(await byHand(place)).toEqual(fromNetlink(parts));
      expect(known(parts.fdb)).toEqual(await read(place, ["bridge", "-j", "fdb"], parseBridgeFdb));
      const vteps = known(parts.fdb).flatMap(({ vtep }) => vtep ?? []);
      expect(vteps).toContain(pair.worker.addresses.ipv4);
      const vxlan = known(parts.links).find(({ linkKind }) => linkKind === "vxlan");
      expect(known(parts.bridgePorts).map(({ ifname }) => ifname)).toContain(vxlan?.ifname);
      const { pid } = await containerFacts(pair.left);
      expect(sandboxOf(looked, "left").path).not.toBe(`/proc/${pid}/ns/net`);
    });
  });
});

/** What netlink tells, asked by hand. */
async function byHand(place: Place) {
  const route = (family: "ipv4" | "ipv6") =>
    read(
      place,
      ["ip", "-j", "-d", ...(family === "ipv6" ? ["-6"] : []), "route", "show", "table", "all"],
      ipRouteParser(family),
    );
  return {
    links: await read(place, ["ip", "-j", "-d", "addr"], parseIpAddr),
    routes: [...(await route("ipv4")), ...(await route("ipv6"))],
    rules: await read(place, ["ip", "-j", "rule"], ipRuleParser("ipv4")),
    settings: await read(place, ["ip", "-j", "netconf"], parseIpNetconf),
  };
}

function fromNetlink({ links, routes, routingRules, linkSettings }: Sandbox["parts"]) {
  return {
    links: known(links).map(({ statistics, ...link }) => link),
    routes: known(routes),
    rules: known(routingRules).filter(({ family }) => family === "ipv4"),
    settings: known(linkSettings),
  };
}

interface Place {
  readonly host: LabHost;
  readonly path: string;
}

async function read<T>(
  { host, path }: Place,
  argv: readonly string[],
  parser: Parser<T>,
): Promise<T> {
  const result = parser(await mustOnHost(host, ["nsenter", `--net=${path}`, "--", ...argv]));
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

function known<T>(part: { readonly state: string; readonly value?: T }): T {
  if (part.value === undefined) throw new Error(JSON.stringify(part));
  return part.value;
}

function sockets(
  list: readonly { readonly protocol: string; readonly address?: string; readonly port: number }[],
): readonly string[] {
  return list.map(({ protocol, address, port }) => `${protocol} ${wide(address)} ${port}`).sort();
}

/** ss tells `*` from `[::]`, /proc does not. */
function wide(address: string | undefined): string {
  return address === undefined || address === "::" ? "*" : address;
}

function unknownParts(parts: Sandbox["parts"]): readonly string[] {
  return Object.entries(parts)
    .filter(([, { state }]) => state === "unknown")
    .map(([name]) => name);
}

function tablesIn({ parts }: Sandbox): readonly string[] {
  return known(parts.rulesets).flatMap(({ backend, tables }) =>
    tables
      .filter(({ chains }) => chains.some(({ rules }) => rules.length > 0))
      .map(({ name }) => `${backend} ${name}`),
  );
}
