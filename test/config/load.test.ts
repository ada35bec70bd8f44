import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaults } from "../../src/config/defaults.ts";
import { configKeys, fallbackOf } from "../../src/config/keys.ts";
import { type ConfigSources, loadConfig } from "../../src/config/load.ts";

const vocabulary = {
  checkIds: ["ip-forward-off", "bridge-down"],
  areas: ["kernel", "link"],
  subjectKinds: ["link", "network"],
  isCronExpression: (text: string) => !text.includes("bad"),
};

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "docknet-config-"));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

const nothing: ConfigSources = {
  file: { path: "/nonexistent/docknet.yml", absence: "is-fine" },
  env: {},
  flags: {},
};

async function withFile(yaml: string, sources: Partial<ConfigSources> = {}) {
  const path = join(directory, "docknet.yml");
  await writeFile(path, yaml);
  const outcome = await loadConfig(
    { ...nothing, file: { path, absence: "is-an-error" }, ...sources },
    vocabulary,
  );
  return outcome.ok
    ? outcome
    : { ...outcome, problems: outcome.problems.map((text) => text.replaceAll(path, "FILE")) };
}

describe("loadConfig", () => {
  test("gives the defaults where nothing is set", async () => {
    expect(await loadConfig(nothing, vocabulary)).toEqual({
      ok: true,
      config: defaults,
      origins: Object.fromEntries(configKeys.map(({ key }) => [key, "default"])),
      written: Object.fromEntries(configKeys.map((key) => [key.key, fallbackOf(key)])),
      strangeVariables: [],
    });
  });

  test("documents the defaults as they are", async () => {
    const flags = Object.fromEntries(
      configKeys.flatMap(({ key, fallback }) => (fallback === "" ? [] : [[key, fallback]])),
    );
    const outcome = await loadConfig({ ...nothing, flags }, vocabulary);
    expect(outcome.ok && outcome.config).toEqual(defaults);
  });

  test("reads every key of a file", async () => {
    const outcome = await withFile(`
web:
  listenAddresses: [":10323", "[::1]:0"]
  telemetryPath: /m
  configFile: web.yml
schedule: {cron: "*/5 * * * *", jitter: 0s}
docker: {host: unix:///run/user/1000/docker.sock}
timeouts: {run: 1m, command: 5s}
checks:
  only: [kernel, bridge-down]
  ignore: ["bridge-down:link:br0", ip-forward-off]
metrics: {maxFindings: 7, maxSeriesPerFamily: 8}
log: {level: debug}
`);
    expect(outcome.ok && outcome.config).toEqual({
      web: {
        listenAddresses: [
          { text: ":10323", tcpPort: 10_323 },
          { text: "[::1]:0", host: "::1", tcpPort: 0 },
        ],
        telemetryPath: "/m",
        configFile: "web.yml",
      },
      schedule: { kind: "cron", expression: "*/5 * * * *" },
      jitterMs: 0,
      docker: { host: "unix:///run/user/1000/docker.sock" },
      timeouts: { runMs: 60_000, commandMs: 5_000 },
      checks: {
        only: ["kernel", "bridge-down"],
        ignore: [{ check: "bridge-down", subject: "link:br0" }, { check: "ip-forward-off" }],
      },
      metrics: { maxFindings: 7, maxSeriesPerFamily: 8 },
      log: { level: "debug" },
    });
  });

  test("lets flags win over variables, variables over the file, and says where each came from", async () => {
    const outcome = await withFile(
      "schedule: {every: 5m, jitter: 1s}\nlog: {level: warn}\nmetrics: {maxFindings: 1}",
      {
        env: {
          DOCKNET_SCHEDULE_CRON: "0 * * * *",
          DOCKNET_LOG_LEVEL: "error",
          DOCKNET_METRICS_MAX_FINDINGS: "2",
          DOCKNET_CHECKS_ONLY: "",
          DOCKNET_WEB_LISTEN_ADDRESSES: ":1, :2",
          DOCKNET_LOGLEVEL: "x",
        },
        flags: { "log.level": "debug", "checks.only": ["link", "kernel"] },
      },
    );
    if (!outcome.ok) throw new Error(outcome.problems.join("\n"));
    expect(outcome.config).toEqual({
      ...defaults,
      web: {
        ...defaults.web,
        listenAddresses: [
          { text: ":1", tcpPort: 1 },
          { text: ":2", tcpPort: 2 },
        ],
      },
      schedule: { kind: "cron", expression: "0 * * * *" },
      jitterMs: 1_000,
      checks: { only: ["link", "kernel"], ignore: [] },
      metrics: { ...defaults.metrics, maxFindings: 2 },
      log: { level: "debug" },
    });
    expect(outcome.origins).toMatchObject({
      "schedule.cron": "variable DOCKNET_SCHEDULE_CRON",
      "schedule.jitter": `${join(directory, "docknet.yml")}:1`,
      "metrics.maxFindings": "variable DOCKNET_METRICS_MAX_FINDINGS",
      "log.level": "flag --log.level",
      "docker.host": "default",
    });
    expect(outcome.strangeVariables).toEqual(["DOCKNET_LOGLEVEL"]);
  });

  test("takes DOCKER_HOST where nothing else names the socket", async () => {
    const env = { DOCKER_HOST: "unix:///a" };
    const alone = await loadConfig({ ...nothing, env }, vocabulary);
    const flags = { "docker.host": "unix:///b" };
    const both = await loadConfig({ ...nothing, env, flags }, vocabulary);
    const overTcp = { DOCKER_HOST: "tcp://10.0.0.1:2375" };
    expect([
      alone.ok && [alone.config.docker.host, alone.origins["docker.host"]],
      both.ok && both.config.docker.host,
      await loadConfig({ ...nothing, env: overTcp }, vocabulary),
      (await loadConfig({ ...nothing, env: overTcp, flags }, vocabulary)).ok,
    ]).toEqual([
      ["unix:///a", "variable DOCKER_HOST"],
      "unix:///b",
      {
        ok: false,
        problems: [
          "variable DOCKER_HOST: expected a Unix socket such as unix:///var/run/docker.sock, " +
            'not "tcp://10.0.0.1:2375"',
        ],
      },
      true,
    ]);
  });

  test("takes an empty file and empty sections for nothing set", async () => {
    for (const yaml of ["", "# nothing\n", "web:\nschedule:\n  every:\n", "{}"]) {
      const outcome = await withFile(yaml);
      expect(outcome.ok && outcome.config).toEqual(defaults);
    }
  });

  test("names each key and what was expected, all at once", async () => {
    expect(
      await withFile(
        `
web: {listenAddresses: [":99999"], telemetryPath: /report, port: 1}
schedule: {every: 90s, cron: "bad * * * *"}
docker: {host: tcp://10.0.0.1:2375}
timeouts: 5
checks: {only: kernel, ignore: [":x"]}
metrics: {maxFindings: -1}
colour: red
`,
        { flags: { "metrics.maxFindings": "many" }, env: { DOCKNET_LOG_LEVEL: "loud" } },
      ),
    ).toEqual({
      ok: false,
      problems: [
        'flag --metrics.max-findings (metrics.maxFindings): expected a whole number from 0 to 100000, not "many"',
        'variable DOCKNET_LOG_LEVEL (log.level): expected one of error, warn, info, debug, not "loud"',
        'FILE:2: web.listenAddresses[0]: expected an address with a port, such as 127.0.0.1:10323, [::1]:10323 or :10323, not ":99999"',
        'FILE:2: web.telemetryPath: expected a path such as /metrics that nothing else is served on, not "/report"',
        "FILE:2: web.port: unknown key, expected only listenAddresses, telemetryPath, configFile",
        'FILE:3: schedule.every: expected a duration that divides a minute, an hour or a day evenly, such as 30s, 5m or 1h (or use cron), not "90s"',
        'FILE:4: docker.host: expected a Unix socket such as unix:///var/run/docker.sock, not "tcp://10.0.0.1:2375"',
        "FILE:5: timeouts: expected a section with run, command, not 5",
        'FILE:6: checks.only: expected a list, not "kernel"',
        'FILE:6: checks.ignore[0]: expected a check\'s id, or id:subject, not ":x"',
        "FILE:7: metrics.maxFindings: expected a whole number from 0 to 100000, not -1",
        "FILE:8: colour: unknown key, expected only web, schedule, docker, timeouts, checks, metrics, log",
      ],
    });
  });

  test("refuses both kinds of schedule in one place, and names that it does not know", async () => {
    expect(await withFile("schedule: {every: 30s, cron: '* * * * *'}")).toEqual({
      ok: false,
      problems: ["FILE:1: schedule: expected either every or cron, not both"],
    });
    expect(
      await withFile(
        "schedule: {cron: bad * * * *}\nchecks: {only: [brige-down], ignore: [nope:link:a, bridge-down:br0]}",
      ),
    ).toEqual({
      ok: false,
      problems: [
        'FILE:2 (checks.only): expected a check\'s id or one of kernel, link, not "brige-down"; did you mean bridge-down?',
        'FILE:2 (checks.ignore): expected a check\'s id (docknet checks lists them), not "nope"',
        'FILE:2 (checks.ignore): expected a subject of link, network, not "br0"',
        'FILE:1 (schedule.cron): expected a cron expression, not "bad * * * *"',
      ],
    });
  });

  test.each([
    [
      "log: {}\na: b: c",
      /^FILE:2: expected YAML, Nested mappings are not allowed in compact mappings$/,
    ],
    ["web: {}\nweb: {}", /^FILE:2: expected YAML, Map keys must be unique$/],
    ["- 1", /^FILE:1: expected a section with web, .*, not \[1\]$/],
    [
      "web: &a {}\nlog: *a",
      /^FILE:2: expected YAML, it holds an alias, and docknet takes plain YAML/,
    ],
    ["web: {listenAdresses: []}", /unknown key, expected only .*; did you mean listenAddresses\?$/],
    ["[".repeat(60_000), /^FILE:1: expected YAML, /],
    ["\u0000\u0001", /^FILE:1: expected /],
  ])("says what is wrong with %j", async (yaml, message) => {
    const outcome = await withFile(yaml);
    expect(outcome).toEqual({ ok: false, problems: [expect.stringMatching(message)] });
  });

  test("says why a file that was named cannot be read", async () => {
    const read = (path: string) =>
      loadConfig({ ...nothing, file: { path, absence: "is-an-error" } }, vocabulary);
    expect([await read("/nonexistent/a.yml"), await read("/"), await read("/dev/zero")]).toEqual([
      { ok: false, problems: ["/nonexistent/a.yml: expected a readable file, there is none"] },
      { ok: false, problems: ["/: expected a readable file, it is a directory"] },
      {
        ok: false,
        problems: ["/dev/zero: expected a readable file, it is a pipe, a socket or a device"],
      },
    ]);
  });
});
