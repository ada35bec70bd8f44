import { describe, expect, test } from "vitest";
import {
  answered,
  appNetwork,
  asked,
  askedBuilder,
  askedHost,
  dbInside,
  onAppnet,
  webInside,
} from "../../support/asked-host.ts";
import { aContainer, anEndpoint, aSocket } from "../../support/healthy-facts.ts";

const host = askedHost(askedBuilder());

describe("a healthy connection", () => {
  test("is called fine, with all that was looked at and what else it can be", () => {
    const { trace, ...rest } = answered(host, "web cannot reach db:5432");
    expect(rest).toEqual({
      question: { from: "web", to: "db:5432/tcp", protocol: "tcp", family: "ipv4" },
      outcome: "fine",
      sentence: "Nothing on this host keeps web from reaching db:5432/tcp.",
      causes: [],
      suspects: [],
      notes: [],
      seen: [
        { topic: "state", text: "web runs" },
        { topic: "state", text: "db runs" },
        { topic: "network", text: "both are on appnet (bridge)" },
        {
          topic: "name",
          text: "web asks the embedded DNS (127.0.0.11) for names, which knows db",
        },
        {
          topic: "name",
          text: "questions to 127.0.0.11 come to dockerd's socket 127.0.0.11:52063/udp",
        },
        {
          topic: "path",
          text: "the first packet is delivered in container db, and its answer comes back",
        },
        { topic: "listener", text: "a socket listens in db on 0.0.0.0:5432/tcp" },
        {
          topic: "size",
          text: "a packet of 1500 bytes fits every link on the way, there and back",
        },
      ],
      unknown: [
        {
          topic: "name",
          text: "which servers the embedded DNS asks for names outside of Docker: this engine does not tell",
          isNeeded: false,
        },
      ],
      elsewhere: [
        "try it where web runs: docker exec web nc -vz db 5432",
        "what web asks for in truth: the name, the port and the protocol in its configuration",
        "the application in db: its log (docker logs db), credentials, TLS, a limit on connections",
        "the moment: docknet looks at now, and what was broken for a while leaves no trace here",
      ],
    });
    expect([trace?.fate, trace?.command, trace?.legs.length]).toEqual([
      "delivered",
      "docknet trace --from web --to db:5432",
      1,
    ]);
  });

  test("to the outside or to a port of the host says where else to look", () => {
    expect(answered(host, "web outside:443").elsewhere).toContain(
      "what is beyond this host: docknet looks at this host only",
    );
    const listening = { ...webInside, sockets: [aSocket("tcp", 80, undefined)] };
    expect(
      answered(askedHost(askedBuilder(), [listening, dbInside]), "outside host:8080").elsewhere[1],
    ).toBe(
      "the application in web: its log (docker logs web), credentials, TLS, a limit on connections",
    );
    expect(answered(host, "outside host:22").elsewhere[1]).toBe(
      "the application that listens there: its log, credentials, TLS, a limit on connections",
    );
    expect(answered(host, "web 192.0.2.10:22").elsewhere[0]).toBe(
      "try it where web runs: docker exec web nc -vz 192.0.2.10 22",
    );
    const udp = onAppnet("db", "172.20.0.3/16", {
      veth: "veth3",
      sockets: [aSocket("udp", 53, undefined)],
    });
    expect(
      answered(askedHost(askedBuilder(), [webInside, udp]), "web db:53/udp").elsewhere[0],
    ).toBe("try it where web runs: docker exec web nc -uvz db 53");
  });
});

describe("an answer that is not certain", () => {
  test("is unsure, never fine", () => {
    const doubtful = askedHost(askedBuilder().withUnreadableNft("nft is missing"));
    const { outcome, sentence, elsewhere } = answered(doubtful, "web db:5432");
    expect([outcome, sentence, elsewhere]).toEqual([
      "unsure",
      "Whether web reaches db:5432/tcp is unsure: in container db: nft is missing.",
      [],
    ]);
  });

  test("is broken all the same where something else is certain", () => {
    const doubtful = askedHost(askedBuilder().withUnreadableNft("nft is missing"));
    expect(answered(doubtful, "web db:81").outcome).toBe("broken");
  });
});

describe("names", () => {
  const replica = (name: string, address: string) =>
    aContainer(name, {
      id: `${name}-0123456789`,
      networkMode: "appnet",
      endpoints: [
        { ...anEndpoint(appNetwork, `${address}/16`, "172.20.0.1"), names: ["cache", "store"] },
      ],
    });
  const scaled = askedHost(
    askedBuilder()
      .withContainer(replica("cache-1", "172.20.0.4"))
      .withContainer(replica("cache-2", "172.20.0.5")),
  );

  test.each([
    ["web nobody:1", 'no container is called "nobody"\ncontainers: worker, web, db'],
    ["nobody db:1", 'no container is called "nobody"\ncontainers: worker, web, db'],
    ["web@other db:1", 'container web is not on network "other"\nnetworks: appnet'],
    ["web db@other:1", 'container db is not on network "other"\nnetworks: appnet'],
    [
      "web db:5432/icmp",
      "icmp has no ports: ask for db:5432 by tcp or udp, or leave the port away",
    ],
    ["web db/udp", "which port of db? Give it as db:PORT, or name no protocol"],
  ])("that do not fit are refused: %s", (question, message) => {
    expect(asked(host, question)).toBe(message);
  });

  test("that several have on their networks are refused, with the candidates", () => {
    expect(asked(scaled, "web cache:6379")).toBe(
      'several containers are called "cache" on their networks: cache-1, cache-2',
    );
    expect(asked(scaled, "host store:6379")).toBe(
      'several containers are called "store" on their networks: cache-1, cache-2',
    );
  });

  test("are a container's own before they are the beginning of an id", () => {
    expect(answered(host, "web db01:5432").question.to).toBe("db:5432/tcp");
    const odd = askedBuilder()
      .withContainer(aContainer("other", { id: "cafe0123456789", networkMode: "appnet" }))
      .withContainerChange("db", {
        endpoints: [{ ...anEndpoint(appNetwork, "172.20.0.3/16", "172.20.0.1"), names: ["cafe"] }],
      });
    expect(answered(askedHost(odd), "web cafe:5432").question.to).toBe("db:5432/tcp");
  });

  test("without a port leave the choice to the person where several listen", () => {
    const own = onAppnet("db", "172.20.0.3/16", {
      veth: "veth3",
      sockets: [aSocket("tcp", 5432, undefined), aSocket("tcp", 80, undefined)],
    });
    expect(asked(askedHost(askedBuilder(), [webInside, own]), "web cannot reach db")).toBe(
      "which port of db? Something listens there on each of these: db:80, db:5432",
    );
  });
});

describe("the way", () => {
  test.each([
    ["web@appnet db@appnet:5432", "docknet trace --from web@appnet --to db@appnet:5432"],
    ["outside host:8080", "docknet trace --from outside --to host:8080"],
    ["outside=198.51.100.7 host:22", "docknet trace --from outside=198.51.100.7 --to host:22"],
    ["web 192.0.2.77 on port 80", "docknet trace --from web --to 192.0.2.77:80"],
    ["web cannot ping db", "docknet trace --from web --to db --proto icmp"],
  ])("of %s is printed by trace", (question, command) => {
    expect(answered(host, question).trace?.command).toBe(command);
  });

  test("keeps the family, and IPv6 addresses in brackets", () => {
    expect(answered(host, "web db:5432", { family: "ipv4" }).trace?.command).toBe(
      "docknet trace --from web --to db:5432 --family 4",
    );
    expect(asked(host, "web [2001:db8::1]:80")).toMatchObject({
      trace: { command: "docknet trace --from web --to '[2001:db8::1]:80'" },
    });
  });
});
