import { describe, expect, test } from "vitest";
import { elementText } from "../../../src/derive/evidence.ts";
import { followPacket, followReply, type Path } from "../../../src/derive/path/follow.ts";
import { hostPlace, type World } from "../../../src/derive/path/world.ts";
import type { Attempt } from "../../../src/model/intent.ts";
import type { Packet } from "../../../src/model/packet.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { appBridge, aSocket } from "../../support/healthy-facts.ts";
import {
  namespacesOf,
  sandboxPath,
  type WorldContainer,
} from "../../support/namespaces-of-a-host.ts";
import { incoming, outgoing, withPacket } from "../../support/walked.ts";

const appnet = { bridge: appBridge, gateway: "172.20.0.1" } as const;
const web: WorldContainer = {
  ...appnet,
  name: "web",
  veth: "veth2",
  address: "172.20.0.2/16",
  sockets: [aSocket("tcp", 80, undefined)],
};
const db: WorldContainer = {
  ...appnet,
  name: "db",
  veth: "veth3",
  address: "172.20.0.3/16",
  sockets: [aSocket("tcp", 5432, undefined)],
};
const worker: WorldContainer = {
  name: "worker",
  veth: "veth1",
  bridge: "docker0",
  gateway: "172.17.0.1",
  address: "172.17.0.2/16",
};

const nf = "net.bridge.bridge-nf-call-iptables";

function host(bridgeNf: "0" | "1" = "0"): HostBuilder {
  return aHost().withSysctl(nf, bridgeNf);
}

/** A connection that a container opens. */
function from(name: string, change: Partial<Packet>) {
  const attempt: Attempt = withPacket(
    { ...outgoing, entry: { kind: "local" } },
    { source: "0.0.0.0", ...change },
  );
  return { place: sandboxPath(name), attempt };
}

const toDb = from("web", { destination: "172.20.0.3", destinationPort: 5432 });
const toWeb = (packet: Partial<Packet> = {}) => ({
  place: hostPlace,
  attempt: withPacket(incoming, packet),
});

function ending(path: Path | undefined): string {
  if (path === undefined) return "nothing";
  const where = path.element === undefined ? "" : `: ${elementText(path.element)}`;
  return `${path.fate} at ${path.place.split("/").at(-1)}${where}`;
}

function ways(path: Path | undefined): readonly string[] {
  return (path?.hops ?? []).map(({ name, from: in_, to = "." }) => `${name}: ${in_} → ${to}`);
}

function bothWays(world: World, start: Parameters<typeof followPacket>[1]): readonly string[] {
  const there = followPacket(world, start);
  return [ending(there), ending(followReply(world, there))];
}

describe("a packet from container to container", () => {
  test("goes over the bridge, port by port, and the answer back", () => {
    const world = namespacesOf(host(), web, db);
    const there = followPacket(world, toDb);
    expect([ending(there), ...ways(there)]).toEqual([
      "delivered at db",
      "container web: a socket → eth0",
      `host, bridge ${appBridge}: veth2 → veth3`,
      "container db: eth0 → .",
    ]);
    const back = followReply(world, there);
    expect([ending(back), ...ways(back)]).toEqual([
      "delivered at web",
      "container db: a socket → eth0",
      `host, bridge ${appBridge}: veth3 → veth2`,
      "container web: eth0 → .",
    ]);
  });

  test.each([
    [
      "asked",
      "1",
      `dropped at host: ipv4 filter FORWARD rule 1: -A FORWARD -i ${appBridge} -o ${appBridge} -j DROP`,
    ],
    ["not asked", "0", "delivered at db"],
  ] as const)("meets the rules of the host where they are %s", (_name, value, expected) => {
    const rule = `-A FORWARD -i ${appBridge} -o ${appBridge} -j DROP`;
    const world = namespacesOf(host(value).withRule(rule, { at: "first" }), web, db);
    expect(ending(followPacket(world, toDb))).toBe(expected);
  });

  test("is unsure where nobody read whether they are asked, and they stop it", () => {
    const rule = `-A FORWARD -i ${appBridge} -o ${appBridge} -j DROP`;
    const world = namespacesOf(aHost().withRule(rule, { at: "first" }), web, db);
    expect(ending(followPacket(world, toDb))).toBe(`unsure at host: ${nf} was not read`);
    expect(ending(followPacket(namespacesOf(aHost(), web, db), toDb))).toBe("delivered at db");
  });

  test.each([
    [
      "blocking",
      { portState: "blocking" },
      {},
      `dropped at host: ${appBridge}: port veth3 is blocking`,
    ],
    [
      "isolated from the sender's",
      { isolated: true },
      { isolated: true },
      `dropped at host: ${appBridge}: port veth3 is isolated, as veth2 is`,
    ],
    ["isolated alone", { isolated: true }, {}, "delivered at db"],
    [
      "the sender's, and blocking",
      {},
      { portState: "disabled" },
      `dropped at host: ${appBridge}: port veth2 is disabled`,
    ],
  ] as const)("by a port that is %s", (...[, port, own, expected]) => {
    const world = namespacesOf(host(), { ...web, port: own }, { ...db, port });
    expect(ending(followPacket(world, toDb))).toBe(expected);
  });

  test("ends where nobody has the address, and is unsure where somebody is not seen", () => {
    const nobody = from("web", { destination: "172.20.0.77" });
    expect(ending(followPacket(namespacesOf(host(), web, db), nobody))).toBe(
      `dropped at host: link ${appBridge} does not carry 172.20.0.77`,
    );
    const world = namespacesOf(host(), web, db);
    const hidden = {
      ...world,
      peers: new Map([...world.peers].filter(([key]) => !key.includes("veth3"))),
    };
    expect(ending(followPacket(hidden, toDb))).toBe(
      "unsure at host: the other end of veth3 is in a namespace that is not seen",
    );
  });

  test("is unsure where two have the address", () => {
    const twin = { ...db, name: "twin", veth: "veth4" };
    expect(ending(followPacket(namespacesOf(host(), web, db, twin), toDb))).toBe(
      `unsure at host: several hold 172.20.0.3 on ${appBridge}`,
    );
  });

  test("ends at a bridge that is down", () => {
    const world = namespacesOf(host().withLinkChange(appBridge, { adminUp: false }), web, db);
    expect(ending(followPacket(world, toDb))).toBe(`dropped at host: link ${appBridge} is down`);
  });

  test("is refused where nobody listens", () => {
    const closed = from("web", { destination: "172.20.0.3", destinationPort: 81 });
    expect(ending(followPacket(namespacesOf(host(), web, db), closed))).toBe(
      "rejected at db: nothing listens on 172.20.0.3 port 81/tcp",
    );
  });

  test("of another network is kept apart by Docker's rules, on the host", () => {
    const world = namespacesOf(host(), web, worker);
    const path = followPacket(
      world,
      from("worker", { destination: "172.20.0.2", destinationPort: 80 }),
    );
    expect(ending(path)).toMatch(/^dropped at host: ipv4 filter DOCKER-ISOLATION-STAGE-2 rule/);
  });
});

describe("a packet between a container and the outside", () => {
  test("leaves by the uplink under the host's address, and the answer comes back", () => {
    const world = namespacesOf(host(), web, db);
    const start = from("web", { destination: "1.1.1.1" });
    const there = followPacket(world, start);
    expect(there.arrival).toMatchObject({ outputLink: "eth0", packet: { source: "192.0.2.10" } });
    expect(ways(there)).toEqual(["container web: a socket → eth0", `host: ${appBridge} → eth0`]);
    expect(bothWays(world, start)).toEqual(["delivered at host", "delivered at web"]);
  });

  test("reaches a published port, and the answer leaves by the uplink with the address that was asked", () => {
    const world = namespacesOf(host(), web, db);
    const there = followPacket(world, toWeb());
    expect([ending(there), ...ways(there)]).toEqual([
      "delivered at web",
      `host: eth0 → ${appBridge}`,
      "container web: eth0 → .",
    ]);
    const back = followReply(world, there);
    expect(back?.arrival).toMatchObject({
      outputLink: "eth0",
      packet: { source: "192.0.2.10", sourcePort: 8080, destination: "198.51.100.7" },
    });
  });

  test("goes no further than the container's own rules let it", () => {
    const dark = { ...web, facts: { routes: [] } };
    expect(
      ending(followPacket(namespacesOf(host(), dark), from("web", { destination: "1.1.1.1" }))),
    ).toBe("rejected at web: no route to 1.1.1.1");
  });

  test("is relayed by docker-proxy where no rule translates it", () => {
    const bare = host().withFlushedTable("nat");
    const world = namespacesOf(bare, web);
    const path = followPacket(world, toWeb(), () => ({ address: "172.20.0.2", port: 80 }));
    expect([ending(path), ending(path.relayed), ...ways(path.relayed)]).toEqual([
      "delivered at host",
      "delivered at web",
      `host: a socket → ${appBridge}`,
      "container web: eth0 → .",
    ]);
    expect(path.relayed?.arrival?.packet.source).toBe("172.20.0.1");
  });
});

test("a certain stop in a later namespace wins over a doubt in an earlier one", () => {
  const doubtful = host().withRule("-A DOCKER-USER -m set --match-set some src -j DROP", {
    at: "first",
  });
  const world = (container: WorldContainer) => namespacesOf(doubtful, container);
  expect(ending(followPacket(world(web), toWeb()))).toMatch(/^unsure at web/);
  expect(ending(followPacket(world({ ...web, sockets: [] }), toWeb()))).toMatch(/^rejected at web/);
});
