import { describe, expect, test } from "vitest";
import { daemonOptions } from "../../src/collectors/daemon-options.ts";
import { notFound, notPermitted } from "../../src/model/failure.ts";
import { collect } from "../support/collect.ts";
import { type FakeAnswer, fakeInstant } from "../support/fake-host.ts";

const file = "cat /etc/docker/daemon.json";
const pid = "cat /var/run/docker.pid";
const commandLine = "cat /proc/48/cmdline";
const missing = notFound("no such file");
const running = { [file]: missing, [pid]: "48", [commandLine]: "dockerd\0" };
const defaults = { iptables: true, ipMasq: true, userlandProxy: true };

async function optionsOf(answers: Readonly<Record<string, FakeAnswer>>) {
  const fact = await collect(daemonOptions, answers);
  return fact.state === "known" ? fact.value : fact.state;
}

describe("options of the daemon", () => {
  test("are the defaults where neither file nor command line says otherwise", async () => {
    expect(await collect(daemonOptions, running)).toStrictEqual({
      state: "known",
      value: defaults,
      collectedAt: fakeInstant,
      sources: [
        { kind: "file", path: "/etc/docker/daemon.json" },
        { kind: "file", path: "/var/run/docker.pid" },
        { kind: "file", path: "/proc/48/cmdline" },
      ],
      ignored: [],
    });
  });

  test("are those of the file and of the command line over the defaults", async () => {
    const answers = {
      ...running,
      [file]: '{"userland-proxy":false,"ip6tables":true}',
      [commandLine]: "/usr/bin/dockerd\0--iptables=false\0",
    };
    expect(await optionsOf(answers)).toStrictEqual({
      iptables: false,
      ipMasq: true,
      userlandProxy: false,
      ip6tables: true,
      origins: { "userland-proxy": "file", ip6tables: "file", iptables: "flag" },
    });
  });

  test.each([
    ["there is no pid file", { [pid]: missing }],
    ["the pid file holds no number", { [pid]: "x" }],
    ["the pid is of another process", { [commandLine]: "bash\0" }],
    ["the command line may not be read", { [commandLine]: notPermitted("run as root") }],
  ])("are those of the file alone where %s", async (_, extra) => {
    const answers = { ...running, [file]: '{"ip-masq":false}', ...extra };
    expect(await optionsOf(answers)).toStrictEqual({
      ipMasq: false,
      origins: { "ip-masq": "file" },
    });
  });

  test("are those of the file that the command line names, and of no other", async () => {
    const words = "dockerd\0--ip-masq=false\0--config-file=/srv/daemon.json\0";
    const named = { "cat /srv/daemon.json": '{"exec-root":"/srv/run"}', [file]: '{"icc":false}' };
    expect(await optionsOf({ ...running, ...named, [commandLine]: words })).toStrictEqual({
      ...defaults,
      ipMasq: false,
      execRoot: "/srv/run",
      configFile: "/srv/daemon.json",
      origins: { "exec-root": "file", "ip-masq": "flag" },
    });
    const usual = "dockerd\0--config-file=/etc/docker/daemon.json\0";
    expect(await optionsOf({ ...running, [commandLine]: usual })).toStrictEqual(defaults);
  });

  test.each([
    ["/srv/daemon.json", notPermitted("it may not be read; run as root")],
    ["daemon.json", missing],
  ])("take no default where the named file %s cannot be seen, and say so", async (path, answer) => {
    const words = `dockerd\0--ip-masq=false\0--config-file=${path}\0`;
    const answers = { ...running, [`cat ${path}`]: answer, [commandLine]: words };
    expect(await collect(daemonOptions, answers)).toMatchObject({
      value: { ipMasq: false, configFile: path },
      ...(path.startsWith("/")
        ? { gaps: ["options in /srv/daemon.json: it may not be read; run as root"] }
        : { ignored: [{ text: path }] }),
    });
  });

  test("say which are set in both places: dockerd does not start with them", async () => {
    const answers = {
      ...running,
      [file]: '{"mtu":1400,"icc":false}',
      [commandLine]: "dockerd\0--mtu=1300\0",
    };
    expect(await collect(daemonOptions, answers)).toMatchObject({
      value: { mtuBytes: 1300, icc: false, conflicts: ["mtu"], origins: { mtu: "flag" } },
      gaps: [
        "mtu is set in /etc/docker/daemon.json and on dockerd's command line: dockerd does not start with both",
      ],
    });
  });

  test("are those of the snap where nothing is at the usual places", async () => {
    const answers = {
      [file]: missing,
      [pid]: missing,
      "cat /run/snap.docker/docker.pid": "49",
      "cat /proc/49/cmdline": "dockerd\0--exec-root=/run/snap.docker\0",
      "cat /var/snap/docker/current/config/daemon.json": '{"icc":false}',
    };
    expect(await optionsOf(answers)).toStrictEqual({
      ...defaults,
      icc: false,
      execRoot: "/run/snap.docker",
      configFile: "/var/snap/docker/current/config/daemon.json",
      origins: { icc: "file", "exec-root": "flag" },
    });
  });

  test("take no default where the file cannot be read", async () => {
    const failure = notPermitted("the file may not be read; run as root");
    expect(await optionsOf({ ...running, [file]: failure })).toStrictEqual({});
  });

  test("take no default where the file is odd, and say so", async () => {
    expect(await collect(daemonOptions, { ...running, [file]: "{oops" })).toMatchObject({
      state: "known",
      value: {},
      ignored: [{ reason: expect.stringContaining("not JSON") }],
    });
  });
});
