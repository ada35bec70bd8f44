import { describe, expect, test } from "vitest";
import { dockerProxies } from "../../../src/collectors/processes/docker-proxies.ts";
import { notFound, notPermitted } from "../../../src/model/failure.ts";
import type { ListeningSocket } from "../../../src/model/socket.ts";
import { type FakeAnswer, fakeHost, fakeInstant } from "../../support/fake-host.ts";
import { aSocket } from "../../support/healthy-facts.ts";

const line = [
  ...["docker-proxy", "-proto", "tcp", "-host-ip", "0.0.0.0", "-host-port", "8080"],
  ...["-container-ip", "172.17.0.2", "-container-port", "80", ""],
].join("\0");

function collected(
  sockets: readonly ListeningSocket[],
  answers: Readonly<Record<string, FakeAnswer>>,
) {
  return dockerProxies.collect(fakeHost(answers), { facts: { sockets }, now: fakeInstant });
}

const stopped: FakeAnswer = { kind: "connection-refused", message: "nobody listens" };

describe("processes of docker-proxy", () => {
  test("are those that hold sockets, each once, and no other program", async () => {
    const proxy = aSocket("tcp", 8080, "docker-proxy");
    const fact = await collected([proxy, proxy, aSocket("tcp", 22, "sshd")], {
      "cat /proc/800/cmdline": line,
    });
    expect(fact).toStrictEqual({
      state: "known",
      value: [
        {
          pid: 800,
          protocol: "tcp",
          hostAddress: "0.0.0.0",
          hostPort: 8080,
          containerAddress: "172.17.0.2",
          containerPort: 80,
          usesListenFd: false,
        },
      ],
      collectedAt: fakeInstant,
      sources: [
        { kind: "command", argv: ["ss", "-lntuHp"] },
        { kind: "file", path: "/proc/800/cmdline" },
      ],
      ignored: [],
    });
  });

  test("leave out one that has ended, and name what may not be seen", async () => {
    const proxy = aSocket("tcp", 8080, "docker-proxy");
    const file = "cat /proc/800/cmdline";
    const ended = await collected([proxy], { [file]: notFound("no such file") });
    expect(ended).toMatchObject({ state: "known", value: [] });
    expect(ended).not.toHaveProperty("gaps");
  });

  test("name those that may not be read, with the same reason in one line", async () => {
    const proxies = [801, 802].map((pid) => ({
      ...aSocket("tcp", pid, "docker-proxy"),
      processes: [{ name: "docker-proxy", pid }],
    }));
    const refused = {
      "cat /proc/801/cmdline": notPermitted('"/proc/801/cmdline" may not be read; run as root'),
      "cat /proc/802/cmdline": notPermitted('"/proc/802/cmdline" may not be read; run as root'),
    };
    const reason = '"/proc/801/cmdline" may not be read; run as root';
    expect(await collected(proxies, refused)).toMatchObject({
      value: [],
      gaps: [`2 of 2 docker-proxy processes: ${reason}`],
    });
    expect(await collected(proxies.slice(0, 1), refused)).toMatchObject({
      gaps: [`docker-proxy 801: ${reason}`],
    });
  });

  const hidden = [aSocket("tcp", 2049, undefined), aSocket("tcp", 8080, undefined)];
  const list = "GET /containers/json?all=1";

  test.each([
    ["no container is published there", [aSocket("tcp", 2049, undefined)], published(8080)],
    ["Docker is not there", hidden, notFound("no socket")],
    [
      "other owners are seen and Docker is stopped",
      [...hidden, aSocket("tcp", 22, "sshd")],
      stopped,
    ],
    ["only UDP has no owner", [aSocket("udp", 4789, undefined)], notPermitted("no")],
  ])("miss nothing where %s", async (_, sockets, answer) => {
    expect(await collected(sockets, { [list]: answer })).not.toHaveProperty("gaps");
  });

  test.each([
    {
      where: "a published port",
      sockets: hidden,
      answer: published(8080, 443),
      what: "who listens on the published port 8080",
    },
    {
      where: "published ports",
      sockets: hidden,
      answer: published(8080, 2049),
      what: "who listens on the published ports 2049, 8080",
    },
    {
      where: "any port",
      sockets: hidden,
      answer: stopped,
      what: "the owners of 2 listening TCP sockets",
    },
    {
      where: "a port that could be published",
      sockets: [...hidden, aSocket("tcp", 22, "sshd")],
      answer: notPermitted("not in group docker"),
      what: "the owners of 2 listening TCP sockets",
    },
  ])("say so where who listens on $where cannot be seen", async ({ sockets, answer, what }) => {
    expect(await collected(sockets, { [list]: answer })).toMatchObject({
      gaps: [`${what} cannot be seen; run docknet as root of the host`],
    });
  });
});

function published(...ports: readonly number[]): string {
  return JSON.stringify([
    { Ports: ports.map((port) => ({ PrivatePort: 80, PublicPort: port, Type: "tcp" })) },
  ]);
}
