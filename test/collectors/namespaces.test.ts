import { describe, expect, test } from "vitest";
import { namespaces } from "../../src/collectors/namespaces.ts";
import type { DaemonOptions } from "../../src/model/docker/daemon-options.ts";
import { notFound, notPermitted } from "../../src/model/failure.ts";
import { type FakeAnswer, fakeHost, fakeInstant } from "../support/fake-host.ts";

const names = "ip -j netns list";
const usual = "ls /run/docker/netns";
const list = "GET /containers/json?all=1";
const running = '[{"Id":"dead","State":"exited"},{"Id":"c0ffee","State":"running"}]';
const inspected = (SandboxKey: string) =>
  JSON.stringify({
    Id: "c0ffee",
    Name: "/web",
    State: { Status: "running" },
    NetworkSettings: { SandboxKey },
  });
const ipNetns = { kind: "command", argv: ["ip", "-j", "netns", "list"] };

function namespacesOf(
  answers: Readonly<Record<string, FakeAnswer>>,
  daemonOptions: DaemonOptions = {},
) {
  return namespaces.collect(fakeHost(answers), { facts: { daemonOptions }, now: fakeInstant });
}

describe("namespaces", () => {
  test("are those of ip netns and Docker's sandboxes", async () => {
    const answers = { [names]: '[{"name":"blue","id":0}]', [usual]: "1-abc\ndefault\n" };
    expect(await namespacesOf(answers)).toStrictEqual({
      state: "known",
      value: [
        { path: "/run/netns/blue", name: "blue", origin: "ip-netns", netnsId: 0 },
        { path: "/run/docker/netns/1-abc", name: "1-abc", origin: "docker" },
        { path: "/run/docker/netns/default", name: "default", origin: "docker" },
      ],
      collectedAt: fakeInstant,
      sources: [ipNetns, { kind: "directory", path: "/run/docker/netns" }],
      ignored: [],
    });
  });

  test.each(["/srv/run", "/srv/run/"])(
    "are those under dockerd's exec-root %s, whatever another engine has",
    async (execRoot) => {
      const answers = { [names]: "[]", [usual]: "of-another\n", "ls /srv/run/netns": "0123\n" };
      expect(await namespacesOf(answers, { execRoot })).toStrictEqual({
        state: "known",
        value: [{ path: "/srv/run/netns/0123", name: "0123", origin: "docker" }],
        collectedAt: fakeInstant,
        sources: [ipNetns, { kind: "directory", path: "/srv/run/netns" }],
        ignored: [],
      });
    },
  );

  test("are found under another exec-root by a running container", async () => {
    const answers = {
      [names]: "[]",
      [usual]: notFound("no such directory"),
      [list]: running,
      "GET /containers/c0ffee/json": inspected("/srv/docker-run/netns/0123"),
      "ls /srv/docker-run/netns": "0123\n",
    };
    expect(await namespacesOf(answers)).toStrictEqual({
      state: "known",
      value: [{ path: "/srv/docker-run/netns/0123", name: "0123", origin: "docker" }],
      collectedAt: fakeInstant,
      sources: [ipNetns, { kind: "directory", path: "/srv/docker-run/netns" }],
      ignored: [],
    });
  });

  test.each([
    ["Docker does not answer", {}],
    ["nothing runs", { [list]: '[{"Id":"dead","State":"exited"}]' }],
    ["the container went away", { [list]: running }],
    [
      "the container has no sandbox",
      { [list]: running, "GET /containers/c0ffee/json": inspected("") },
    ],
    [
      "its sandboxes went away",
      {
        [list]: running,
        "GET /containers/c0ffee/json": inspected("/srv/netns/0123"),
        "ls /srv/netns": notFound("no such directory"),
      },
    ],
  ])("are none of Docker's where there is no directory and %s", async (_, answers) => {
    const fact = await namespacesOf({
      [names]: "",
      [usual]: notFound("no such directory"),
      ...answers,
    });
    expect(fact).toStrictEqual({
      state: "known",
      value: [],
      collectedAt: fakeInstant,
      sources: [ipNetns, { kind: "directory", path: "/run/docker/netns" }],
      ignored: [],
    });
  });

  test.each([names, usual])("are unknown when `%s` is refused", async (key) => {
    const failure = notPermitted("the directory may not be read; run as root");
    expect(await namespacesOf({ [names]: "[]", [usual]: "", [key]: failure })).toStrictEqual({
      state: "unknown",
      failure,
    });
  });
});
