import { describe, expect, test } from "vitest";
import {
  answered,
  appNetwork,
  asked,
  askedBuilder,
  askedHost,
  dbInside,
  onAppnet,
  told,
  webInside,
  workerInside,
} from "../../support/asked-host.ts";
import { aContainer, anEndpoint, aSocket } from "../../support/healthy-facts.ts";
import type { WorldContainer } from "../../support/namespaces-of-a-host.ts";

const bridge = { id: "b000000000000000", name: "bridge" } as const;

/** A second container on the default bridge. */
const otherInside: WorldContainer = {
  ...workerInside,
  name: "other",
  veth: "veth4",
  address: "172.17.0.3/16",
  sockets: [aSocket("tcp", 9001, undefined)],
};
const onBridge = askedBuilder().withContainer(
  aContainer("other", { endpoints: [anEndpoint(bridge, "172.17.0.3/16", "172.17.0.1")] }),
);
const inside = [webInside, dbInside, workerInside, otherInside];

function nameTexts(answer: ReturnType<typeof answered>): readonly string[] {
  return answer.seen.filter(({ topic }) => topic === "name").map(({ text }) => text);
}

describe("a name on a network of one's own", () => {
  test("resolves by the embedded DNS, as do aliases and the short id", () => {
    for (const name of ["db", "postgres", "db0123456789"]) {
      const answer = answered(askedHost(askedBuilder()), `web ${name}:5432`);
      expect([answer.outcome, nameTexts(answer)[0]]).toEqual([
        "fine",
        `web asks the embedded DNS (127.0.0.11) for names, which knows ${name}`,
      ]);
    }
  });

  test("is the cause where it is an alias on another network only", () => {
    const other = { id: "other-id", name: "other" } as const;
    const host = askedBuilder().withContainerChange("db", {
      endpoints: [
        anEndpoint(appNetwork, "172.20.0.3/16", "172.20.0.1"),
        { ...anEndpoint(other, "10.9.0.3/24", "10.9.0.1"), names: ["primary"] },
      ],
    });
    const answer = answered(askedHost(host), "web primary:5432");
    expect(told(answer)).toEqual([
      "broken",
      "name-not-known: on the networks that web shares with db, db is not called primary",
    ]);
    expect(answer.causes[0]?.evidence[1]?.text).toBe(
      "appnet, called db; other, called db, primary",
    );
  });

  test("that another container has too makes the answer unsure", () => {
    const twin = aContainer("old-db", {
      networkMode: "appnet",
      endpoints: [{ ...anEndpoint(appNetwork, "172.20.0.9/16", "172.20.0.1"), names: ["db"] }],
    });
    const host = askedBuilder().withContainer(twin);
    const answer = answered(askedHost(host), "web db:5432");
    expect(told(answer)).toEqual([
      "unsure",
      "perhaps name-of-several: db is a name of old-db too: the embedded DNS gives the addresses of all, and a connection may go to another than db",
    ]);
    expect(answer.suspects[0]?.evidence.map(({ text }) => text)).toEqual([
      "appnet, called db, db0123456789, postgres",
      "appnet, called old-db, db",
    ]);
    const still = askedBuilder().withContainer({ ...twin, state: "exited" });
    expect(answered(askedHost(still), "web db:5432").outcome).toBe("fine");
  });

  test("may be one that only the asking container has, by --link", () => {
    const host = askedBuilder().withContainerChange("web", {
      endpoints: [
        {
          ...anEndpoint(appNetwork, "172.20.0.2/16", "172.20.0.1"),
          links: [{ container: "db", alias: "database" }],
        },
      ],
    });
    const answer = answered(askedHost(host), "web database:5432");
    expect([answer.outcome, answer.question.to]).toEqual(["fine", "db:5432/tcp"]);
  });

  test("is not needed for an address", () => {
    const answer = answered(askedHost(askedBuilder()), "web 172.20.0.3:5432");
    expect([answer.outcome, nameTexts(answer)]).toEqual([
      "fine",
      ["172.20.0.3:5432 was asked for by its address: no name has to resolve"],
    ]);
  });
});

describe("a name on the default bridge", () => {
  test("does not resolve: that is the cause though the packet passes", () => {
    const answer = answered(askedHost(onBridge, inside), "worker other:9001");
    expect(told(answer)).toEqual([
      "broken",
      "name-not-known: worker and other share the default bridge only, where Docker resolves no names: other does not resolve in worker",
    ]);
    expect([answer.trace?.fate, answer.causes[0]?.remedy?.commands]).toEqual([
      "delivered",
      [
        "docker network create together",
        "docker network connect together worker",
        "docker network connect together other",
      ],
    ]);
    expect(answered(askedHost(onBridge, inside), "worker 172.17.0.3:9001").outcome).toBe("fine");
  });

  test("stands in /etc/hosts by --link", () => {
    const linked = onBridge.withContainerChange("worker", {
      settings: { links: [{ container: "other", alias: "theirs" }] },
    });
    for (const name of ["other", "theirs"]) {
      const answer = answered(askedHost(linked, inside), `worker ${name}:9001`);
      expect([answer.outcome, nameTexts(answer)[0]]).toEqual([
        "fine",
        `worker has ${name} in its /etc/hosts, by --link`,
      ]);
    }
    const elsewhere = onBridge.withContainerChange("worker", {
      settings: { links: [{ container: "gone", alias: "other" }] },
    });
    expect(answered(askedHost(elsewhere, inside), "worker other:9001").outcome).toBe("broken");
    const byId = onBridge.withContainerChange("worker", {
      settings: { links: [{ container: "other-id", alias: "theirs" }] },
    });
    expect(answered(askedHost(byId, inside), "worker theirs:9001").outcome).toBe("fine");
    const toNobody = onBridge.withContainerChange("worker", {
      settings: { links: [{ container: "gone", alias: "theirs" }] },
    });
    expect(asked(askedHost(toNobody, inside), "worker theirs:9001")).toMatch(
      /^no container is called "theirs"/,
    );
  });

  test("may stand in /etc/hosts by --add-host: then it is not certain", () => {
    const host = onBridge.withContainerChange("worker", { settings: { extraHosts: 2 } });
    const answer = answered(askedHost(host, inside), "worker other:9001");
    expect(told(answer)).toEqual([
      "unsure",
      "perhaps name-not-known: worker and other share the default bridge only, where Docker resolves no names: other does not resolve in worker, unless its /etc/hosts says it: worker was started with 2 extra hosts",
    ]);
    expect(answer.sentence).toMatch(
      /^Nothing certain keeps worker from reaching other:9001\/tcp, but /,
    );
  });
});

describe("who has no name of its own", () => {
  const rider = aContainer("rider", { networkMode: "container:db", endpoints: [] });

  function riderHost() {
    const host = askedHost(askedBuilder().withContainer(rider));
    const sandboxes = host.trace.sandboxes.map((own) =>
      own.containers.includes("db") ? { ...own, containers: ["db", "rider"] } : own,
    );
    return { ...host, trace: { ...host.trace, sandboxes } };
  }

  test("is a container in the network of another", () => {
    expect(told(answered(riderHost(), "web rider:5432"))).toEqual([
      "broken",
      "name-of-another: rider uses the network of db: Docker knows it by that name only, and rider does not resolve in web",
    ]);
  });

  test("is one's neighbour in the same namespace, under its own name", () => {
    expect(told(answered(riderHost(), "db rider:5432"))).toEqual([
      "broken",
      "name-not-known: db and rider share one network namespace, in which Docker knows no rider: db reaches rider at 127.0.0.1",
    ]);
  });

  const onHost = aContainer("hosted", { networkMode: "host", endpoints: [] });

  test("is a container on the host's network, and nobody has names for it", () => {
    const host = askedHost(askedBuilder().withContainer(onHost));
    expect(told(answered(host, "web hosted:22"))).toEqual([
      "broken",
      "name-not-known: hosted uses the host's network: Docker gives it no name, so hosted does not resolve in web",
    ]);
    expect(told(answered(host, "hosted db:5432"))).toEqual([
      "broken",
      "name-not-known: hosted uses the host's network and the host's resolver, which knows no names of containers such as db",
    ]);
  });

  test("is nobody for the host itself: it is followed by address", () => {
    const answer = answered(askedHost(askedBuilder()), "host db:5432");
    expect([answer.outcome, nameTexts(answer)]).toEqual([
      "fine",
      ["the host itself knows no names of containers: it was followed by address"],
    ]);
  });
});

describe("the file that shows the resolver", () => {
  test("is the one that Docker keeps", () => {
    const own = onAppnet("db", "172.20.0.3/16", {
      veth: "veth3",
      facts: { resolver: { nameservers: ["192.0.2.53"], search: [], options: [], sortList: [] } },
    });
    const listening = {
      ...webInside,
      sockets: [...(webInside.sockets ?? []), aSocket("tcp", 80, undefined)],
    };
    const { causes } = answered(askedHost(askedBuilder(), [listening, own]), "db web:80");
    expect(causes[0]?.evidence[0]?.source).toEqual({
      kind: "file",
      path: "/var/lib/docker/containers/db/resolv.conf",
    });
  });
});

describe("a resolv.conf", () => {
  const resolver = (nameservers: readonly string[]) => ({
    resolver: { nameservers, search: [], options: [], sortList: [] },
  });

  test.each([
    [
      ["192.0.2.53", "127.0.0.11"],
      "names 192.0.2.53, 127.0.0.11",
      "nameserver 192.0.2.53 nameserver 127.0.0.11",
    ],
    [[], "names no server", "(no nameserver)"],
  ])("of %j does not ask the embedded DNS: the cause", (servers, asks, text) => {
    const own = onAppnet("web", "172.20.0.2/16", { veth: "veth2", facts: resolver(servers) });
    const answer = answered(askedHost(askedBuilder(), [own, dbInside]), "web db:5432");
    expect(told(answer).slice(0, 2)).toEqual([
      "broken",
      `dns-not-asked: the resolv.conf of web ${asks} and not the embedded DNS 127.0.0.11: nobody there knows db`,
    ]);
    expect(answer.causes[0]?.evidence).toEqual([
      {
        source: {
          kind: "command",
          argv: ["docker", "exec", "web", "cat", "/etc/resolv.conf"],
        },
        text,
      },
    ]);
  });

  test("may be made up for by /etc/hosts", () => {
    const own = onAppnet("web", "172.20.0.2/16", {
      veth: "veth2",
      facts: resolver(["192.0.2.53"]),
    });
    const host = askedBuilder().withContainerChange("web", { settings: { extraHosts: 1 } });
    const answer = answered(askedHost(host, [own, dbInside]), "web db:5432");
    expect([answer.outcome, answer.suspects.map(({ kind }) => kind)]).toEqual([
      "unsure",
      ["dns-not-asked"],
    ]);
  });

  test("that was not read makes the answer unsure", () => {
    const host = askedHost(askedBuilder());
    const sandboxes = host.sandboxes.map((own) =>
      own.containers.includes("web")
        ? {
            ...own,
            parts: {
              ...own.parts,
              resolver: {
                state: "unknown" as const,
                failure: { kind: "not-permitted" as const, message: "resolv.conf needs root" },
              },
            },
          }
        : own,
    );
    expect(answered({ ...host, sandboxes }, "web db:5432").sentence).toBe(
      "Whether web reaches db:5432/tcp is unsure: it is not known which resolver web uses: resolv.conf needs root.",
    );
    const absent = sandboxes.map((own) => ({
      ...own,
      parts: { ...own.parts, resolver: { state: "absent" as const, reason: "Docker names none" } },
    }));
    expect(answered({ ...host, sandboxes: absent }, "web db:5432").sentence).toBe(
      "Whether web reaches db:5432/tcp is unsure: it is not known which resolver web uses: Docker names none.",
    );
    expect(answered({ ...host, sandboxes: [] }, "web db:5432").sentence).toBe(
      "Whether web reaches db:5432/tcp is unsure: it is not known which resolver web uses: its namespace was not read.",
    );
  });
});
