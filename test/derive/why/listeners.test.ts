import { describe, expect, test } from "vitest";
import type { ListeningSocket } from "../../../src/model/socket.ts";
import {
  answered,
  askedBuilder,
  askedHost,
  onAppnet,
  told,
  webInside,
} from "../../support/asked-host.ts";
import { aSocket } from "../../support/healthy-facts.ts";
import { sandboxPath } from "../../support/namespaces-of-a-host.ts";

function dbListens(...sockets: readonly ListeningSocket[]) {
  const own = onAppnet("db", "172.20.0.3/16", { veth: "veth3", sockets });
  return askedHost(askedBuilder(), [webInside, own]);
}

function at(address: string, change: Partial<ListeningSocket> = {}): ListeningSocket {
  return { ...aSocket("tcp", 5432, undefined), address, ...change };
}

describe("a port on which", () => {
  test.each([
    [
      "nothing listens",
      [aSocket("tcp", 80, undefined)],
      "nothing-listens: nothing listens in db on port 5432/tcp: what listens is 0.0.0.0:80/tcp",
    ],
    [
      "nothing listens at all",
      [],
      "nothing-listens: nothing listens in db on port 5432/tcp: nothing listens at all",
    ],
    [
      "somebody listens on loopback",
      [at("127.0.0.1"), at("::1")],
      "listens-on-loopback: in db, a socket listens on 127.0.0.1:5432/tcp only: nobody outside of db reaches that",
    ],
    [
      "somebody listens on another address",
      [at("10.9.0.3")],
      "listens-on-other-address: in db, a socket listens on 10.9.0.3:5432/tcp, and not on 172.20.0.3",
    ],
    [
      "somebody listens in the other family only",
      [at("::")],
      "listens-on-other-address: in db, a socket listens on [::]:5432/tcp, and not on 172.20.0.3",
    ],
    [
      "somebody listens by the other protocol",
      [at("0.0.0.0", { protocol: "udp" })],
      "listens-with-other-protocol: in db, port 5432 is listened on by udp, and not by tcp",
    ],
  ] as const)("%s is the cause", (_name, sockets, cause) => {
    expect(told(answered(dbListens(...sockets), "web db:5432"))).toEqual(["broken", cause]);
  });

  test("somebody listens on loopback shows the socket, where it is, and says what to do", () => {
    const process = { name: "postgres", pid: 4711 };
    const [cause] = answered(
      dbListens(at("127.0.0.1", { processes: [process] })),
      "web db:5432",
    ).causes;
    expect(cause).toEqual({
      kind: "listens-on-loopback",
      topic: "listener",
      message:
        "in db, postgres (pid 4711) listens on 127.0.0.1:5432/tcp only: nobody outside of db reaches that",
      evidence: [
        {
          source: { kind: "command", argv: ["ss", "-lntu"], netns: sandboxPath("db") },
          text: "127.0.0.1:5432/tcp",
        },
      ],
      remedy: {
        summary: "Let the application in db listen on 0.0.0.0:5432",
        commands: [],
        persistent: ["the application's own setting, such as listen_addresses, bind or host"],
      },
    });
  });

  test.each([
    ["every address", at("0.0.0.0"), "0.0.0.0:5432/tcp"],
    [
      "every address of both families",
      { ...aSocket("tcp", 5432, undefined), address: undefined },
      "*:5432/tcp",
    ],
    ["one link", at("0.0.0.0", { boundLink: "eth0" }), "0.0.0.0%eth0:5432/tcp"],
    ["its own address", at("172.20.0.3"), "172.20.0.3:5432/tcp"],
  ] as const)("somebody listens on %s is fine", (_name, { address, ...rest }, shown) => {
    const socket: ListeningSocket = address === undefined ? rest : { ...rest, address };
    const { outcome, seen } = answered(dbListens(socket), "web db:5432");
    expect([outcome, seen.find(({ topic }) => topic === "listener")?.text]).toEqual([
      "fine",
      `a socket listens in db on ${shown}`,
    ]);
  });
});

describe("whether something listens", () => {
  test("is told beside what stops the packet before", () => {
    const drop = askedBuilder()
      .withSysctl("net.bridge.bridge-nf-call-iptables", "1")
      .withRule("-A DOCKER-USER -j DROP", { at: "first" });
    const own = onAppnet("db", "172.20.0.3/16", { veth: "veth3" });
    const { causes } = answered(askedHost(drop, [webInside, own]), "web db:5432");
    expect(causes.map(({ kind }) => kind)).toEqual(["path-blocked", "nothing-listens"]);
  });

  test("is asked of the container that publishes a port of the host", () => {
    const { outcome, causes } = answered(askedHost(askedBuilder()), "outside host:8080");
    expect([outcome, causes.map(({ message }) => message)]).toEqual([
      "broken",
      ["nothing listens in web on port 80/tcp: nothing listens at all"],
    ]);
  });

  test("is asked of the host itself for any other of its ports", () => {
    const host = askedHost(askedBuilder());
    expect(answered(host, "outside host:22").seen).toContainEqual({
      topic: "listener",
      text: "sshd (pid 800) listens in the host on 0.0.0.0:22/tcp",
    });
    const [cause] = answered(host, "outside host:23").causes;
    expect([cause?.message, cause?.remedy?.commands, cause?.evidence[0]?.source]).toEqual([
      "nothing listens in the host on port 23/tcp: what listens is 0.0.0.0:22/tcp, 0.0.0.0:8080/tcp, 0.0.0.0:5353/udp",
      [],
      { kind: "command", argv: ["ss", "-lntu"] },
    ]);
  });

  test("is not known where the namespace was not read", () => {
    const unread = askedHost(askedBuilder(), [webInside]);
    expect(answered(unread, "web db:5432").unknown.map(({ text }) => text)).toContain(
      "whether something listens on 5432/tcp in db: its namespace was not read",
    );
    const host = askedHost(askedBuilder());
    const reduced = new Map([[sandboxPath("db"), "sockets: no right to read them"]]);
    const { outcome } = answered({ ...host, trace: { ...host.trace, reduced } }, "web db:5432");
    expect(outcome).toBe("unsure");
  });

  test("names many sockets by the first of them", () => {
    const many = Array.from({ length: 20 }, (_, index) => aSocket("tcp", 6000 + index, undefined));
    const [cause] = answered(dbListens(...many), "web db:5432").causes;
    expect(cause?.message).toMatch(/6011\/tcp and 8 more$/);
  });
});

describe("a container with an IPv6 address", () => {
  test("is told to listen on all of them", () => {
    const { endpoints = [] } =
      askedBuilder()
        .facts()
        .containers.find(({ name }) => name === "db") ?? {};
    const host = askedBuilder().withContainerChange("db", {
      endpoints: endpoints.map((own) => ({
        ...own,
        addresses: [
          ...own.addresses,
          { family: "ipv6" as const, address: "fd00::3", prefixLength: 64 },
        ],
      })),
    });
    const own = onAppnet("db", "172.20.0.3/16", { veth: "veth3", sockets: [at("0.0.0.0")] });
    const answer = answered(askedHost(host, [webInside, own]), "web [fd00::3]:5432", {
      family: "ipv6",
    });
    const cause = answer.causes.find(({ topic }) => topic === "listener");
    expect([cause?.message, cause?.remedy?.summary, answer.trace?.command]).toEqual([
      "in db, a socket listens on 0.0.0.0:5432/tcp, and not on fd00::3",
      "Let the application in db listen on [::]:5432",
      "docknet trace --from web --to '[fd00::3]:5432' --family 6",
    ]);
  });
});

describe("a namespace without any socket", () => {
  test("is shown as that", () => {
    const own = { ...onAppnet("db", "172.20.0.3/16", { veth: "veth3" }), sockets: [] };
    const { causes } = answered(askedHost(askedBuilder(), [webInside, own]), "web db:5432");
    expect(causes[0]?.evidence[0]?.text).toBe("(no socket)");
  });
});

describe("no port", () => {
  test("of somebody outside is an echo request", () => {
    const answer = answered(askedHost(askedBuilder()), "web cannot reach outside");
    expect([answer.question, answer.outcome]).toEqual([
      { from: "web", to: "outside", protocol: "icmp", family: "ipv4" },
      "fine",
    ]);
  });

  test("is the only one that the container listens on", () => {
    const answer = answered(askedHost(askedBuilder()), "web cannot reach db");
    expect([answer.question, answer.trace?.command]).toEqual([
      { from: "web", to: "db:5432/tcp", protocol: "tcp", family: "ipv4" },
      "docknet trace --from web --to db:5432",
    ]);
  });

  test("is followed by an echo request where nothing listens, and is said", () => {
    const answer = answered(dbListens(), "web cannot reach db");
    expect([answer.question.protocol, answer.outcome, answer.seen.at(-2)?.text]).toEqual([
      "icmp",
      "fine",
      "no port was named: in db nothing listens at all",
    ]);
  });

  test("says nothing of listeners outside, or where they were not read", () => {
    const topics = (question: string, inside = [webInside]) =>
      answered(askedHost(askedBuilder(), inside), question).seen.map(({ topic }) => topic);
    expect(topics("web cannot ping outside")).not.toContain("listener");
    expect(topics("web cannot ping db")).not.toContain("listener");
  });
});
