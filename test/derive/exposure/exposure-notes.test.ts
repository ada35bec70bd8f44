import { describe, expect, test } from "vitest";
import { exposureNotes } from "../../../src/derive/exposure/exposure-notes.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { aContainer, aDaemon, aNetwork, anEndpoint, aSocket } from "../../support/healthy-facts.ts";

function notesOn(host: HostBuilder): readonly string[] {
  return exposureNotes(host.facts());
}

describe("notes of an exposure", () => {
  test("are none on a healthy host", () => {
    expect(notesOn(aHost())).toEqual([]);
  });

  test("name sockets that may be of a container on the host's network", () => {
    const own = { name: "exporter", pid: 4711 };
    const host = aHost()
      .withContainer(aContainer("metrics", { networkMode: "host", pid: own.pid }))
      .withSocket({ ...aSocket("tcp", 9100, "exporter"), processes: [own] })
      .withSocket({ ...aSocket("tcp", 631, "cupsd"), address: "127.0.0.1" })
      .withSocket(aSocket("udp", 4789, undefined));
    expect([notesOn(host), notesOn(host.withoutSocket("tcp", 22))]).toEqual([
      [
        "metrics (host network): listed by the first process of the container; these may be of others in it: 22/tcp (sshd)",
      ],
      ["metrics (host network): listed by the first process of the container"],
    ]);
  });

  test("name twelve sockets at most", () => {
    const many = Array.from({ length: 20 }, (_, at) => at).reduce(
      (before, at) => before.withSocket(aSocket("tcp", 7000 + at, "app")),
      aHost().withContainer(aContainer("metrics", { networkMode: "host" })),
    );
    expect(notesOn(many)[0]).toMatch(/7010\/tcp \(app\) and 9 more$/);
  });

  test("name containers on the wire, and what a worker is not told", () => {
    const lan = aNetwork("lan", { driver: "macvlan" });
    const host = aHost()
      .withNetwork(lan)
      .withContainer(
        aContainer("onlan", { endpoints: [anEndpoint(lan, "192.0.2.77/24", undefined)] }),
      );
    const swarm = { state: "active", isManager: false, remoteManagers: [] } as const;
    const worker = host.withDaemon({ ...aDaemon("28.5"), swarm });
    const manager = host.withDaemon({ ...aDaemon("28.5"), swarm: { ...swarm, isManager: true } });
    const wire =
      "onlan (macvlan or ipvlan): on the wire itself, without this host's rules before it; not listed";
    expect([notesOn(worker), notesOn(manager)]).toEqual([
      [wire, "ports of services (ingress) are known to managers of the swarm only"],
      [wire],
    ]);
  });
});
